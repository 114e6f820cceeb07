"""Samplers of Frameworm's own, which plain Optuna can use too."""

__all__: list[str] = []
