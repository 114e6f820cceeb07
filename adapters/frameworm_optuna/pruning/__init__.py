"""Reported values, and what a pruner sees of a study.

Imports ledger, database and translate.
"""
