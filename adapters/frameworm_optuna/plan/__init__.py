"""From a strategy to points: the planners, and the proposer that asks Optuna's samplers.

Imports ledger and translate.
"""
