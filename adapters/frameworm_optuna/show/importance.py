"""How much each parameter explains of the score, by Optuna's evaluators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import optuna
from optuna.distributions import BaseDistribution
from optuna.importance import (
    BaseImportanceEvaluator,
    FanovaImportanceEvaluator,
    MeanDecreaseImpurityImportanceEvaluator,
    PedAnovaImportanceEvaluator,
    get_param_importances,
)
from optuna.storages import BaseStorage
from optuna.study import StudyDirection

from frameworm.errors import NoResultError
from frameworm.search.space.spaces import Dimension
from frameworm.trial.goals import Mode
from frameworm.trial.record import TrialRecord
from frameworm_optuna.quiet import quiet
from frameworm_optuna.translate.distributions import to_distribution, to_internal

__all__ = ["importance"]

_EVALUATORS: dict[str, Callable[[], BaseImportanceEvaluator]] = {
    "ped-anova": PedAnovaImportanceEvaluator,
    "fanova": FanovaImportanceEvaluator,
    "mdi": MeanDecreaseImpurityImportanceEvaluator,
}


def importance(
    records: Sequence[TrialRecord], space: Mapping[str, Dimension], mode: Mode, evaluator: str
) -> dict[str, float]:
    """Return how much each parameter explains of the score.

    Args:
        records: Complete trials.
        space: Their parameters' dimensions.
        mode: Whether less or more is better.
        evaluator: ``"ped-anova"`` (Watanabe et al. 2023), ``"fanova"`` (Hutter et al. 2014) or
            ``"mdi"`` (mean decrease of impurity in a random forest).

    Returns:
        Shares that sum to 1, by parameter, largest first.

    Raises:
        NoResultError: If the trials do not suffice.
    """
    distributions = {name: to_distribution(dimension) for name, dimension in space.items()}
    direction = StudyDirection.MINIMIZE if mode == "min" else StudyDirection.MAXIMIZE
    study = optuna.study.Study(
        study_name="importance", storage=_filled(records, space, distributions, direction)
    )
    try:
        return dict(get_param_importances(study, evaluator=_EVALUATORS[evaluator]()))
    except (ValueError, RuntimeError) as error:
        raise NoResultError(f"Importance cannot be told from these trials: {error}") from error


def _filled(
    records: Sequence[TrialRecord],
    space: Mapping[str, Dimension],
    distributions: Mapping[str, BaseDistribution],
    direction: StudyDirection,
) -> BaseStorage:
    storage = optuna.storages.InMemoryStorage()
    with quiet("optuna.storages._in_memory"):
        study_id = storage.create_new_study([direction], "importance")
    for record in records:
        # An empty space was never stored: then there is nothing to explain a score with.
        known = [name for name in record.params if name in space]
        trial = optuna.trial.create_trial(
            value=record.score,
            params={
                name: distributions[name].to_external_repr(
                    to_internal(space[name], record.params[name])
                )
                for name in known
            },
            distributions={name: distributions[name] for name in known},
        )
        storage.create_new_trial(study_id, template_trial=trial)
    return storage
