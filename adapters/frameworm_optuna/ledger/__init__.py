"""Plan, claim, finish, requeue and recover trials, on Optuna's tables or any Optuna storage.

Imports reading, database and translate.
"""
