"""Bayesian search: each trial is proposed by a model of the scores so far."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frameworm.errors import SearchArgumentError
from frameworm.search.execution.checkpoints import Keep
from frameworm.search.options import count
from frameworm.search.search import Search
from frameworm.search.space.constraints import Constraint
from frameworm.search.study.settings import SAMPLERS, Durability, StudySettings
from frameworm.search.study.strategy import Adaptive
from frameworm.trial.goals import Mode

if TYPE_CHECKING:
    from typing_extensions import Self

    from frameworm.core.objects import ConfigLike

__all__ = ["BayesianSearch"]

_ACQUISITIONS = ("ei", "lcb", "pi")


class BayesianSearch(Search):
    """Try what a model of the scores so far proposes.

    One trial at a time, a named sampler proposes exactly what plain Optuna's of that seed proposes,
    but for points of a discrete space that were tried already: those are asked for anew, and when
    none is left the search ends as ``"exhausted"``. Every sampler goes on after a crash as if there
    had been none. Several at a time, running trials count as bad ones (constant liar,
    Ginsbourger et al. 2010), which keeps proposals apart; their order in time then plays a part.

    Args:
        base_config: What every trial's configuration starts from: a ``Config``, or anything
            ``Config.from_object`` takes.
        search_space: Dimensions or lists of values by dotted key.
        metric: The returned metric to search for, or several.
        mode: ``"min"`` or ``"max"``, for each metric.
        n_trials: How many trials the study shall have in all.
        n_initial_points: How many trials are drawn before the model learns, 10 by default; for
            ``"auto"`` quasi-random ones, 8 by default; for ``"nsgaii"`` the size of its population.
        random_state: The seed; ``None`` draws one and stores it with the study.
        sampler: ``"auto"`` (quasi-random points, then a Gaussian process of evened losses, with
            TPE in turns from the 30th trial; TPE for several metrics; parameters under a condition
            are modelled with all others), ``"tpe"`` (tree-structured Parzen estimator, Bergstra et
            al. 2011), ``"gp"`` (Gaussian process), ``"cmaes"`` (covariance matrix adaptation,
            Hansen and Ostermeier 2001), ``"nsgaii"`` (for several metrics, Deb et al. 2002), or an
            Optuna sampler.
        acquisition: What the Gaussian process of ``"auto"`` looks for, in either case of letters:
            the expected improvement ``"ei"``, the probability of improvement ``"pi"`` (stays near
            the best) or the lower confidence bound ``"lcb"`` (goes farther). Optuna's ``"gp"`` has
            the expected improvement only.
        storage: A database URL, the path of an SQLite file, ``journal:///`` and the path of a
            journal file, or an Optuna storage; ``sqlite:///frameworm.db`` by default.
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
        keep_checkpoints: Which trials keep what they saved: the ``"best"``, ``"all"``, or the best
            so many; ``None`` saves nothing.
        checkpoints: Where trials save: a folder that all machines share, or a URL that fsspec
            reaches, such as ``s3://bucket/folder``; the study remembers it. By default a folder
            beside the database.

    Raises:
        SpaceError: If the space breaks a rule or does not fit the base config.
        SearchArgumentError: If another argument is outside what it accepts.
    """

    _tag = "bayesian_search"
    _strategy_name = "bayesian"

    def __init__(
        self,
        base_config: ConfigLike,
        search_space: Mapping[str, Any],
        metric: str | Sequence[str] = "val_loss",
        mode: Mode | Sequence[Mode] = "min",
        n_trials: int = 50,
        n_initial_points: int | None = None,
        random_state: int | None = None,
        sampler: Any = "auto",
        *,
        acquisition: str = "ei",
        storage: Any = None,
        study_name: str | None = None,
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
        if isinstance(sampler, str) and sampler not in SAMPLERS:
            raise SearchArgumentError(
                f"sampler is one of {list(SAMPLERS)} or an Optuna sampler, got {sampler!r}."
            )
        if sampler == "cmaes" and not self.goals.is_single:
            raise SearchArgumentError(
                "sampler='cmaes' is for one metric; for several use 'tpe', 'gp' or 'nsgaii'."
            )
        if not isinstance(acquisition, str) or acquisition.lower() not in _ACQUISITIONS:
            raise SearchArgumentError(
                f"acquisition is one of {list(_ACQUISITIONS)}, got {acquisition!r}."
            )
        self.acquisition = acquisition.lower()
        if self.acquisition != "ei" and sampler != "auto":
            raise SearchArgumentError(
                f"acquisition={acquisition!r} is for sampler='auto'; Optuna's samplers, such as "
                f"{sampler!r}, have their own."
            )
        self.n_trials = count("n_trials", n_trials)
        if n_initial_points is None:
            n_initial_points = 8 if sampler == "auto" else 10
        self.n_initial_points = count("n_initial_points", n_initial_points)
        self.sampler = sampler

    @classmethod
    def _from_settings(cls, settings: StudySettings) -> Self:
        strategy = settings.strategy
        assert isinstance(strategy, Adaptive)
        if strategy.sampler not in SAMPLERS:
            raise SearchArgumentError(
                f"The study was made with the sampler object {strategy.sampler}, which it does not "
                "hold. Make the search with that sampler and this study_name instead of resume()."
            )
        return cls(
            settings.base_config,
            settings.space,
            list(settings.goals.metrics),
            list(settings.goals.modes),
            n_trials=strategy.n_trials,
            n_initial_points=strategy.n_initial_points,
            random_state=strategy.seed,
            sampler=strategy.sampler,
            acquisition=strategy.acquisition,
        )

    def _strategy(self) -> Adaptive:
        return Adaptive(
            self.n_trials, self._seed, self.sampler, self.n_initial_points, self.acquisition
        )
