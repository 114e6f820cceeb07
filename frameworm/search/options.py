"""The keyword arguments every search takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from frameworm.search.execution.checkpoints import Keep
from frameworm.search.space.constraints import Constraint
from frameworm.search.study.settings import Durability

__all__ = ["SearchOptions", "SeededOptions"]


class SearchOptions(TypedDict, total=False):
    """Keyword arguments of every search.

    The seed is not among them: ``BayesianSearch`` takes it by position too.

    Attributes:
        storage: A database URL or an Optuna storage; ``sqlite:///frameworm.db`` by default.
        study_name: Create or resume the study of this name; ``None`` makes a new one.
        extend: Go on with a study whose space was another.
        durability: What a finished trial survives on SQLite: ``"full"`` a power loss, ``"normal"``
            a crash of the process.
        constraints: Functions of a ``Config`` that return ``True`` or ``False``, or one of them; a
            configuration for which one returns ``False`` is never tried.
        pruner: Stops hopeless trials by what they report: ``"median"``, ``"asha"`` (successive
            halving), ``"hyperband"``, ``"wilcoxon"``, or an Optuna pruner.
        repeats: How often each configuration is run, each time with another
            ``current_trial().seed``; it ranks by the mean.
        keep_checkpoints: Which trials keep what ``Trainer`` saved: the ``"best"``, ``"all"``, or
            the best so many; ``None`` saves nothing.
    """

    storage: Any
    study_name: str | None
    extend: bool
    durability: Durability
    constraints: Constraint | Sequence[Constraint]
    pruner: Any
    repeats: int
    keep_checkpoints: Keep


class SeededOptions(SearchOptions, total=False):
    """Keyword arguments of every search, the seed included.

    Attributes:
        random_state: The seed; ``None`` draws one and stores it with the study.
    """

    random_state: int | None
