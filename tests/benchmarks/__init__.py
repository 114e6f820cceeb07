"""Ratios against plain Optuna, joblib and the bare database, measured side by side in one run."""
