"""What others show or work out of a study: optuna-dashboard, artifacts, importance, hypervolume.

Imports reading, database and translate.
"""
