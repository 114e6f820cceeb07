"""Frameworm on Optuna: the only code that imports ``optuna``."""

from frameworm_optuna.backend import OptunaBackend
from frameworm_optuna.database.storage import PlanStorage

__all__ = ["OptunaBackend", "PlanStorage"]
