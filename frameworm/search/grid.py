"""Grid search: every combination, once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.errors import SpaceError
from frameworm.search.execution.checkpoints import Keep
from frameworm.search.search import Search
from frameworm.search.space.conditions import is_conditional
from frameworm.search.space.constraints import Constraint
from frameworm.search.space.grid_points import grid_points
from frameworm.search.space.grids import one_space
from frameworm.search.space.spaces import Dimension, Integer, Real
from frameworm.search.space.when import When
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.strategy import Grid
from frameworm.trial.goals import Mode

if TYPE_CHECKING:
    from typing_extensions import Self

    from frameworm.core.objects import ConfigLike

__all__ = ["GridSearch"]


class GridSearch(Search):
    """Try every combination of the values, exactly once.

    Args:
        base_config: What every trial's configuration starts from: a ``Config``, or anything
            ``Config.from_object`` takes.
        search_space: Lists of values or dimensions by dotted key; or several such grids, told
            apart by a parameter that has other values in each.
        metric: The returned metric to search for, or several.
        mode: ``"min"`` or ``"max"``, for each metric.
        num_values: How many values a ``Real`` or ``Integer`` is gridded into.
        storage: A database URL, the path of an SQLite file, ``journal:///`` and the path of a
            journal file, or an Optuna storage; ``sqlite:///frameworm.db`` by default.
        study_name: Create or resume the study of this name; ``None`` makes a new one.
        random_state: Fixes the order of the points; ``None`` draws a seed and stores it.
        extend: Go on with a study whose space was another.
        durability: What a finished trial survives on SQLite: ``"full"`` a power loss, ``"normal"``
            a crash of the process.
        constraints: Functions of a ``Config`` that return ``True`` or ``False``, or one of them; a
            configuration for which one returns ``False`` is never tried.
        pruner: Stops hopeless trials by what they report: ``"median"``, ``"asha"`` (successive
            halving), ``"hyperband"``, ``"wilcoxon"``, or an Optuna pruner.
        repeats: How often each configuration is run, each time with another
            ``current_trial().seed``; it ranks by the mean.
        keep_checkpoints: Which trials keep what they saved: the ``"best"``, ``"all"``, or the best
            so many; ``None`` saves nothing.
        checkpoints: Where trials save: a folder that all machines share, or a URL that fsspec
            reaches, such as ``s3://bucket/folder``; the study remembers it. By default a folder
            beside the database.

    Raises:
        SpaceError: If the space breaks a rule or does not fit the base config.
        SearchArgumentError: If another argument is outside what it accepts.
    """

    _tag = "grid_search"
    _strategy_name = "grid"

    def __init__(
        self,
        base_config: ConfigLike,
        search_space: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        metric: str | Sequence[str] = "val_loss",
        mode: Mode | Sequence[Mode] = "min",
        *,
        num_values: int = 5,
        storage: Any = None,
        study_name: str | None = None,
        random_state: int | None = None,
        extend: bool = False,
        durability: Durability = "full",
        constraints: Constraint | Sequence[Constraint] = (),
        pruner: Any = None,
        repeats: int = 1,
        keep_checkpoints: Keep = "best",
        checkpoints: str | os.PathLike[str] | None = None,
    ) -> None:
        space = search_space if isinstance(search_space, Mapping) else one_space(search_space)
        super().__init__(
            base_config,
            space,
            metric,
            mode,
            storage=storage,
            study_name=study_name,
            random_state=random_state,
            extend=extend,
            durability=durability,
            constraints=constraints,
            pruner=pruner,
            repeats=repeats,
            keep_checkpoints=keep_checkpoints,
            checkpoints=checkpoints,
        )
        self._axes = {
            key: tuple(dimension.get_grid_values(num_values))
            for key, dimension in self.search_space.items()
        }
        self._grid_space = {
            key: _numeric(self._axes[key], dimension.when) or dimension
            for key, dimension in self.search_space.items()
        }

    @classmethod
    def _from_settings(cls, settings: StudySettings) -> Self:
        strategy = settings.strategy
        assert isinstance(strategy, Grid)
        search = cls(
            settings.base_config,
            settings.space,
            list(settings.goals.metrics),
            list(settings.goals.modes),
            random_state=strategy.seed,
        )
        # The study knows the very axes; gridding its dimensions anew could give others.
        search._axes = dict(strategy.axes)
        search._grid_space = dict(settings.space)
        return search

    def _dimensions(self) -> dict[str, Dimension]:
        return self._grid_space

    def _strategy(self) -> Grid:
        return Grid(self._axes, self._seed)

    def __len__(self) -> int:
        if not self.constraints and not is_conditional(self._grid_space):
            return len(self._strategy())
        feasible = self._is_feasible if self.constraints else None
        return len(grid_points(self._grid_space, self._axes, feasible))


def _numeric(values: tuple[Any, ...], when: When) -> Dimension | None:
    """Return the range of a purely numeric axis, so that a longer list extends the same study."""
    kinds = {type(value) for value in values}
    if kinds not in ({int}, {float}) or len(set(values)) < len(values):
        return None  # 1 and 1.0, or 0.0 and -0.0, are one point of a range
    try:
        if kinds == {int}:
            return Integer(min(values), max(values), when=when)
        return Real(min(values), max(values), when=when)
    except SpaceError:
        # Not finite: such values are choices.
        return None
