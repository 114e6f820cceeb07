"""What every search shares: its study, its results, and running it."""

from __future__ import annotations

import inspect
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from frameworm.checkpoints.places import checked_place
from frameworm.core import Config
from frameworm.core.json_values import Placeholder
from frameworm.errors import (
    SearchArgumentError,
    StudyMismatchError,
)
from frameworm.experiment.provenance import provenance
from frameworm.search.execution.checkpoints import Keep, check_keep
from frameworm.search.known_points import KnownPoints
from frameworm.search.options import (
    check_durability,
    check_names,
    check_pruner,
    check_seed,
    check_study_name,
    count,
)
from frameworm.search.results.from_study import study_results
from frameworm.search.results.results import SearchResults
from frameworm.search.runnable import Runnable
from frameworm.search.space.constraints import Constraint, as_constraints, is_allowed, try_out
from frameworm.search.space.spaces import (
    Categorical,
    Dimension,
    check_space,
    expand_search_space,
    sample_configuration,
    warn_of_slips,
)
from frameworm.search.study.backend import Study
from frameworm.search.study.entry_point import find_backend
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.strategy import Strategy
from frameworm.trial.goals import Goals, Mode

if TYPE_CHECKING:
    from typing_extensions import Self

    from frameworm.core.objects import ConfigLike

__all__ = ["Search"]

_logger = logging.getLogger("frameworm")
_DEFAULT_STORAGE = "sqlite:///frameworm.db"


class Search(Runnable):
    """What every search shares; make a ``GridSearch`` or one of the others."""

    _tag = "search"
    _strategy_name = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Help and completion show the constructor's arguments, not those of __new__.
        signature = inspect.signature(cls.__init__)
        shown = list(signature.parameters.values())[1:]
        cls.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """Check the names of the arguments before Python does, to name the nearest."""
        del args
        check_names(cls.__init__, options, cls.__name__)
        return super().__new__(cls)

    def __init__(
        self,
        base_config: ConfigLike,
        search_space: Mapping[str, Any],
        metric: str | Sequence[str],
        mode: Mode | Sequence[Mode],
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
        self.goals = Goals.of(metric, mode)
        check_seed(random_state)
        check_study_name(study_name)
        check_durability(durability)
        check_pruner(pruner)
        self.base_config = (
            base_config if isinstance(base_config, Config) else Config.from_object(base_config)
        )
        self.search_space = expand_search_space(search_space)
        check_space(self.search_space, self.base_config.to_dict())
        warn_of_slips(self.search_space, self.base_config.to_dict())
        self.constraints = as_constraints(constraints)
        if self.constraints:
            drawn = sample_configuration(self.search_space, 0)
            try_out(self.constraints, self.base_config.replace(drawn))
        self.pruner = pruner
        if pruner is not None and not self.goals.is_single:
            raise SearchArgumentError("A pruner judges by one metric; leave it out with several.")
        self.repeats = count("repeats", repeats)
        self.keep_checkpoints = check_keep(keep_checkpoints)
        self.checkpoints = checked_place(checkpoints)
        self.storage = _DEFAULT_STORAGE if storage is None else storage
        self.study_name = study_name
        self.random_state = random_state
        self.stop_reason: str | None = None
        self._seed = secrets.randbits(32) if random_state is None else random_state
        self._extend = extend
        self._known = KnownPoints(self.search_space, self.goals.metrics)
        self._durability = durability
        self._results: SearchResults | None = None
        self._study: Study | None = None

    def _strategy(self) -> Strategy:
        raise TypeError("Search is the base of GridSearch and RandomSearch; make one of those.")

    def _dimensions(self) -> dict[str, Dimension]:
        return self.search_space

    def __len__(self) -> int:
        return len(self._strategy())

    def _repr_html_(self) -> str:
        from frameworm.search.results.card import results_card, space_card

        kind = type(self).__name__
        if self._results is None:
            return space_card(kind, self.study_name, self.goals, self.search_space)
        return results_card(self._results.facts, self._results.records, kind)

    @classmethod
    def resume(cls, study_name: str | None = None, storage: Any = None) -> Self:
        """Rebuild a search from its study alone.

        Args:
            study_name: The study's name; may be left out where the storage holds one study only.
            storage: Where it lies; ``sqlite:///frameworm.db`` by default.

        Returns:
            A search with the space, metric, mode, seed and base config the study was begun with.

        Raises:
            StudyNotFoundError: If there is no such study.
            StudyMismatchError: If it is a study of another strategy.
        """
        storage = _DEFAULT_STORAGE if storage is None else storage
        study = find_backend().load(storage, study_name)
        study.close()
        settings = study.settings
        if settings.strategy.name != cls._strategy_name:
            raise StudyMismatchError(
                f"The study {study.name!r} is a {settings.strategy.name} search; resume it with "
                "that class."
            )
        _check_restorable(study.name, settings)
        # As a Config, so that an escaped ${...} which was resolved once is not resolved again.
        base = Config().merge(settings.base_config)
        search = cls._from_settings(replace(settings, base_config=base))
        search.storage, search.study_name = storage, study.name
        search.pruner, search.repeats = settings.pruner, settings.repeats
        search.checkpoints = settings.checkpoints
        search._study = study
        search._results = study_results(study)
        return search

    @classmethod
    def _from_settings(cls, settings: StudySettings) -> Self:
        raise TypeError(
            f"{cls.__name__} cannot rebuild {settings.strategy.name}; use the class of that search."
        )

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Run a configuration first when the search runs next, unless its study has it.

        It counts as one of the trials asked for.

        Args:
            params: Values by dotted key or in sections, or a `Config`; parameters left out are
                drawn.

        Raises:
            SpaceError: If it does not lie in the search space.
        """
        self._known.enqueue(params)

    def add_result(self, params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
        """Record a result that is already known when the search runs next, unless its study has it.

        It counts as one of the trials asked for, and adaptive searches learn from it.

        Args:
            params: A value for every parameter, by dotted key or in sections, or a `Config`.
            metrics: The metrics searched for, and any others.

        Raises:
            SpaceError: If the point is not complete or does not lie in the search space.
            SearchArgumentError: If a metric is missing.
        """
        self._known.add_result(params, metrics)

    def _is_feasible(self, params: Mapping[str, Any]) -> bool:
        config = self.base_config.replace(params)
        return is_allowed(config, self.constraints)

    def _open(self) -> Study:
        if self.random_state is None:
            # Each new study draws its own seed; a resumed one brings the seed it was begun with.
            self._seed = secrets.randbits(32)
        settings = StudySettings(
            space=self._dimensions(),
            strategy=self._strategy(),
            goals=self.goals,
            base_config=self.base_config.to_dict(),
            seeded=self.random_state is not None,
            pruner=self.pruner,
            repeats=self.repeats,
            feasible=self._is_feasible if self.constraints else None,
            provenance=provenance(),
            checkpoints=self.checkpoints,
            id=secrets.token_hex(4),
        )
        study = find_backend().open(
            self.storage,
            self.study_name,
            settings,
            extend=self._extend,
            durability=self._durability,
        )
        self._seed = study.settings.strategy.seed
        self._study = study
        return study


def _check_restorable(name: str, settings: StudySettings) -> None:
    if settings.is_constrained:
        raise SearchArgumentError(
            f"The study {name!r} has constraints, and functions are not stored. Make the search "
            "with its constraints= and this study_name instead of resume()."
        )
    for key, dimension in settings.space.items():
        for choice in dimension.choices if isinstance(dimension, Categorical) else ():
            if isinstance(choice, Placeholder):
                raise SearchArgumentError(
                    f"The study {name!r} knows the choice {choice} of {key} only by its name. Make "
                    "the search with its search_space and this study_name instead of resume()."
                )
