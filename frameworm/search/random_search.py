"""Random search: independent draws that a seed and an index fix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frameworm.core import Config
from frameworm.errors import SearchArgumentError
from frameworm.search.backend import Durability, Mode, StudySettings
from frameworm.search.search import Search
from frameworm.search.strategy import Random

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["RandomSearch"]


class RandomSearch(Search):
    """Try independent random draws; trial ``i`` depends on the seed and ``i`` alone.

    Args:
        base_config: What every trial's configuration starts from.
        search_space: Dimensions or lists of values by dotted key.
        metric: The returned metric to search for.
        mode: ``"min"`` or ``"max"``.
        n_trials: How many trials the study shall have in all.
        storage: A database URL or an Optuna storage; ``sqlite:///frameworm.db`` by default.
        study_name: Create or resume the study of this name; ``None`` makes a new one.
        random_state: The seed; ``None`` draws one and stores it with the study.
        extend: Go on with a study whose space was another.
        durability: What a finished trial survives on SQLite: ``"full"`` a power loss, ``"normal"``
            a crash of the process.

    Raises:
        SpaceError: If the space breaks a rule or does not fit the base config.
        SearchArgumentError: If another argument is outside what it accepts.
    """

    _tag = "random_search"
    _strategy_name = "random"

    def __init__(
        self,
        base_config: Config | Mapping[str, Any],
        search_space: Mapping[str, Any],
        metric: str = "val_loss",
        mode: Mode = "min",
        n_trials: int = 50,
        *,
        storage: Any = None,
        study_name: str | None = None,
        random_state: int | None = None,
        extend: bool = False,
        durability: Durability = "full",
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
        )
        if isinstance(n_trials, bool) or not isinstance(n_trials, int) or n_trials < 1:
            raise SearchArgumentError(f"n_trials is a whole number from 1, got {n_trials!r}.")
        self.n_trials = n_trials

    @classmethod
    def _from_settings(cls, settings: StudySettings) -> Self:
        strategy = settings.strategy
        assert isinstance(strategy, Random)
        return cls(
            settings.base_config,
            settings.space,
            settings.metric,
            settings.mode,
            n_trials=strategy.n_trials,
            random_state=strategy.seed,
        )

    def _strategy(self) -> Random:
        return Random(self.n_trials, self._seed)
