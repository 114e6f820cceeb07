"""Studies that plain Optuna has made: describe them, and go on with them if they fit."""

from __future__ import annotations

from optuna.distributions import check_distribution_compatibility
from optuna.storages import BaseStorage

from frameworm.errors import StudyMismatchError
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Given
from frameworm_optuna.translate.directions import directions_of, goals_of
from frameworm_optuna.translate.distributions import to_dimension, to_distribution

__all__ = ["check_adoptable", "check_distributions", "describe"]


def check_adoptable(
    storage: BaseStorage, study_id: int, name: str, settings: StudySettings
) -> None:
    """Refuse to go on with a study of plain Optuna's that is about something else.

    Raises:
        StudyMismatchError: If it is.
    """
    directions = storage.get_study_directions(study_id)
    if list(directions) != directions_of(settings.goals):
        raise StudyMismatchError(
            f"The study {name!r} was made to {[d.name.lower() for d in directions]}, this search "
            f"has mode={list(settings.goals.modes)}. Give this search another study_name or mode."
        )
    check_distributions(storage, study_id, name, settings)
    names = list(settings.goals.metrics)
    storage.set_study_system_attr(study_id, "study:metric_names", names)


def check_distributions(
    storage: BaseStorage, study_id: int, name: str, settings: StudySettings
) -> None:
    """Refuse a space that cannot follow on the trials there are.

    Raises:
        StudyMismatchError: If a parameter has changed in what Optuna keeps fixed.
    """
    for trial in storage.get_all_trials(study_id, deepcopy=False):
        for key, distribution in trial.distributions.items():
            if key not in settings.space:
                continue
            try:
                check_distribution_compatibility(distribution, to_distribution(settings.space[key]))
            except ValueError as error:
                raise StudyMismatchError(
                    f"Trial {trial.number} of the study {name!r} has {key} from {distribution}, "
                    f"which cannot become {settings.space[key]!r} in one study (Optuna keeps kind, "
                    "log and choices fixed). Give this search another study_name."
                ) from error


def describe(storage: BaseStorage, study_id: int) -> StudySettings:
    """Describe a study that Frameworm did not make from what its trials show."""
    trials = storage.get_all_trials(study_id, deepcopy=False)
    space = {
        key: to_dimension(distribution)
        for trial in trials
        for key, distribution in trial.distributions.items()
    }
    names = storage.get_study_system_attrs(study_id).get("study:metric_names")
    return StudySettings(
        space=space,
        strategy=Given(n_trials=len(trials)),
        goals=goals_of(names, storage.get_study_directions(study_id)),
        base_config={},
    )
