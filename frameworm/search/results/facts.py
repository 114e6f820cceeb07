"""What is known of a search beside its trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frameworm.core.config import Config
from frameworm.core.urls import without_password
from frameworm.search.space.dimensions import Dimension
from frameworm.trial.goals import Goals

__all__ = ["StudyFacts"]


@dataclass(frozen=True)
class StudyFacts:
    """What a search was about.

    Attributes:
        goals: The metrics searched for.
        space: The dimensions by dotted key.
        base_config: The configuration the parameters were put into, as a nested dictionary.
        study_name: The study's name, if it has one.
        storage: The storage's URL; a password in it is removed.
        strategy: How the points were chosen, such as ``"grid"``.
    """

    goals: Goals
    space: Mapping[str, Dimension] = field(default_factory=dict)
    base_config: Mapping[str, Any] = field(default_factory=dict)
    study_name: str | None = None
    storage: str | None = None
    strategy: str = ""

    def __post_init__(self) -> None:
        # Plain copies: what the caller does with its own dictionaries later changes nothing here.
        object.__setattr__(self, "space", dict(self.space))
        object.__setattr__(self, "base_config", dict(self.base_config))
        if self.storage is not None:
            object.__setattr__(self, "storage", without_password(self.storage))

    @property
    def config(self) -> Config:
        """The base configuration; merged, since `Config.from_dict` would resolve it once more."""
        return Config.from_dict({}).merge(self.base_config)
