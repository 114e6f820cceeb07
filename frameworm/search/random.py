"""Random search: independent draws that a seed and an index fix."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.search.execution.checkpoints import Keep
from frameworm.search.options import count
from frameworm.search.search import Search
from frameworm.search.space.constraints import Constraint
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.strategy import QuasiRandom, Random
from frameworm.trial.goals import Mode

if TYPE_CHECKING:
    from typing_extensions import Self

    from frameworm.core.objects import ConfigLike

__all__ = ["RandomSearch"]


class RandomSearch(Search):
    """Try independent random draws; trial ``i`` depends on the seed and ``i`` alone.

    Args:
        base_config: What every trial's configuration starts from: a ``Config``, or anything
            ``Config.from_object`` takes.
        search_space: Dimensions or lists of values by dotted key.
        metric: The returned metric to search for, or several.
        mode: ``"min"`` or ``"max"``, for each metric.
        n_trials: How many trials the study shall have in all.
        storage: A database URL, the path of an SQLite file, ``journal:///`` and the path of a
            journal file, or an Optuna storage; ``sqlite:///frameworm.db`` by default.
        study_name: Create or resume the study of this name; ``None`` makes a new one.
        random_state: The seed; ``None`` draws one and stores it with the study.
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

    _tag = "random_search"
    _strategy_name = "random"
    _kind: type[Random | QuasiRandom] = Random

    def __init__(
        self,
        base_config: ConfigLike,
        search_space: Mapping[str, Any],
        metric: str | Sequence[str] = "val_loss",
        mode: Mode | Sequence[Mode] = "min",
        n_trials: int = 50,
        *,
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
        super().__init__(
            base_config,
            search_space,
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
        self.n_trials = count("n_trials", n_trials)

    @classmethod
    def _from_settings(cls, settings: StudySettings) -> Self:
        strategy = settings.strategy
        assert isinstance(strategy, cls._kind)
        return cls(
            settings.base_config,
            settings.space,
            list(settings.goals.metrics),
            list(settings.goals.modes),
            n_trials=strategy.n_trials,
            random_state=strategy.seed,
        )

    def _strategy(self) -> Random | QuasiRandom:
        return self._kind(self.n_trials, self._seed)
