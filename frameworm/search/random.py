"""Random search: independent draws that a seed and an index fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.search.arguments import count
from frameworm.search.options import SeededOptions
from frameworm.search.search import Search
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import QuasiRandom, Random
from frameworm.trial.goals import Mode

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

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
        **options: See :class:`~frameworm.search.options.SeededOptions`.

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
        **options: Unpack[SeededOptions],
    ) -> None:
        super().__init__(base_config, search_space, metric, mode, **options)
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
