"""What a study is about, and what it carries so that it can be understood alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from frameworm.search.space.dimensions import Dimension
from frameworm.search.study.strategy import Strategy
from frameworm.trial.goals import Goals

__all__ = ["PRUNERS", "SAMPLERS", "Durability", "StudySettings"]

Durability = Literal["full", "normal"]
PRUNERS = ("median", "asha", "hyperband", "wilcoxon")
"""The pruners that a name stands for."""
SAMPLERS = ("auto", "tpe", "gp", "cmaes", "nsgaii")
"""The samplers that a name stands for."""


@dataclass(frozen=True)
class StudySettings:
    """What a study is about, and what it carries so that it can be understood alone.

    Attributes:
        space: The dimensions by dotted key.
        strategy: How points are chosen; its seed counts only for a new study unless ``seeded``.
        goals: The metrics searched for.
        base_config: The base configuration as a plain nested dictionary.
        seeded: Whether the user chose the seed; if not, a resumed study keeps its own.
        provenance: The code the study was begun with: ``version`` of Frameworm, ``git_commit``,
            ``git_dirty``.
        pruner: Stops hopeless trials: a name, or the engine's own pruner object.
        repeats: How often each configuration is run.
        feasible: Whether a configuration, given as its parameters, may be tried at all; ``None``
            allows every one. A function is not stored: each run brings it.
        is_constrained: Whether a stored study was begun with constraints.
        checkpoints: Where the user wants checkpoints, a path or a URL; ``None`` for a folder
            beside the database.
        id: Tells studies of one name apart, whatever databases they are in; drawn for a new one.
    """

    space: Mapping[str, Dimension]
    strategy: Strategy
    goals: Goals
    base_config: Mapping[str, Any]
    seeded: bool = True
    provenance: Mapping[str, Any] = field(default_factory=dict)
    pruner: Any = None
    repeats: int = 1
    feasible: Callable[[Mapping[str, Any]], bool] | None = None
    is_constrained: bool = False
    checkpoints: str | None = None
    id: str = ""

    @property
    def pruner_name(self) -> str | None:
        """The pruner's name; of the engine's own object its class's; ``None`` without one."""
        if self.pruner is None or isinstance(self.pruner, str):
            return self.pruner
        return type(self.pruner).__name__
