"""Open studies: the entry point of the adapter."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
import sqlalchemy as sa
from optuna.distributions import check_distribution_compatibility
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import BaseStorage
from optuna.storages._cached_storage import _CachedStorage
from optuna.study import StudyDirection

from frameworm.errors import (
    SearchArgumentError,
    StorageError,
    StudyMismatchError,
    StudyNotFoundError,
    nearest,
)
from frameworm.search.space.spaces import Dimension
from frameworm.search.study.page import StudyPage
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.strategy import Grid, Random
from frameworm.search.study.summary import StudySummary
from frameworm.trial.goals import Goals, Mode
from frameworm.trial.record import TrialRecord
from frameworm_optuna.database import schema
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.names import new_name
from frameworm_optuna.reading.study_list import delete_study, list_studies
from frameworm_optuna.show.hypervolume import hypervolumes
from frameworm_optuna.study import OptunaStudy
from frameworm_optuna.translate import settings as metadata
from frameworm_optuna.translate.distributions import to_dimension, to_distribution

__all__ = ["OptunaBackend"]

_logger = logging.getLogger("frameworm")
_DIRECTIONS = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}
_MODES: dict[StudyDirection, Mode] = {
    StudyDirection.NOT_SET: "min",
    StudyDirection.MINIMIZE: "min",
    StudyDirection.MAXIMIZE: "max",
}


class OptunaBackend:
    """Keeps studies in Optuna's storages; implements ``frameworm.search.study.backend.Backend``."""

    def open(
        self,
        storage: Any,
        name: str | None,
        settings: StudySettings,
        *,
        extend: bool = False,
        durability: Durability = "full",
    ) -> OptunaStudy:
        """Create or resume a study.

        Args:
            storage: A database URL, or any Optuna storage object.
            name: The study's name; ``None`` makes a new one.
            settings: What the study is about.
            extend: Take over a changed space instead of refusing it.
            durability: What a finished trial survives on SQLite.

        Raises:
            StudyMismatchError: If the study is about something else.
            StorageError: If the storage cannot be opened.
        """
        opened = _open_storage(storage, durability)
        name = new_name(settings.strategy.name) if name is None else name
        study_id, created = _find_or_create(opened, name, settings)
        if created:
            return OptunaStudy(opened, study_id, name, settings)
        stored = metadata.read_settings(opened.get_study_user_attrs(study_id))
        if stored is None:
            _check_adoptable(opened, study_id, name, settings)
            _write_settings(opened, study_id, settings)
            return OptunaStudy(opened, study_id, name, settings)
        metadata.check_same(name, stored, settings, extend)
        changed = metadata.changed_keys(stored.base_config, settings.base_config)
        if changed:
            _logger.warning(
                "The study %r was begun with another base config; it differs in %s. Trials from "
                "here on use the new values.",
                name,
                ", ".join(changed),
            )
        # The seed the study was begun with stays.
        strategy = dataclasses.replace(settings.strategy, seed=stored.strategy.seed)
        asked = dataclasses.replace(settings, strategy=strategy)
        study = OptunaStudy(opened, study_id, name, asked)
        if metadata.space_differences(stored, asked):
            _check_distributions(opened, study_id, name, asked)
            study.extend(asked)
            _write_settings(opened, study_id, asked)
        elif not isinstance(asked.strategy, Grid) and stored.strategy != asked.strategy:
            kept = dataclasses.replace(
                asked, base_config=stored.base_config, provenance=stored.provenance
            )
            _write_settings(opened, study_id, kept)
        return study

    def load(self, storage: Any, name: str | None = None) -> OptunaStudy:
        """Open an existing study as it stands.

        Args:
            storage: A database URL, or any Optuna storage object.
            name: The study's name; may be left out where the storage holds one study only.

        Raises:
            StudyNotFoundError: If there is no such study.
        """
        opened = _open_storage(storage, "full")
        name = _only_name(opened) if name is None else name
        study_id = _find(opened, name)
        stored = metadata.read_settings(opened.get_study_user_attrs(study_id))
        return OptunaStudy(opened, study_id, name, stored or _guess(opened, study_id))

    def studies(self, storage: Any) -> list[StudySummary]:
        """Return what a storage says of its studies at a glance, the oldest first.

        Args:
            storage: A database URL, or any Optuna storage object.
        """
        return list_studies(_open_storage(storage, "full"))

    def delete(self, storage: Any, name: str) -> None:
        """Delete a study with all its trials.

        Args:
            storage: A database URL, or any Optuna storage object.
            name: The study's name.

        Raises:
            StudyNotFoundError: If there is no such study.
        """
        opened = _open_storage(storage, "full")
        delete_study(opened, _find(opened, name))

    def serve(self, storage: Any, port: int, pages: Sequence[StudyPage]) -> None:
        """Show studies in optuna-dashboard, on this machine only, until interrupted.

        Args:
            storage: A database URL, or any Optuna storage object.
            port: The port on localhost.
            pages: What to add to which studies.

        Raises:
            MissingPackageError: If optuna-dashboard is not installed.
        """
        from frameworm_optuna.show.dashboard import serve

        serve(_open_storage(storage, "full"), pages, port)

    def wrap(self, native: optuna.Study) -> OptunaStudy:
        """Open an Optuna study object."""
        return self.load(native._storage, native.study_name)

    def importance(
        self,
        records: Sequence[TrialRecord],
        space: Mapping[str, Dimension],
        mode: Mode,
        evaluator: str,
    ) -> dict[str, float]:
        """Return how much each parameter explains of the score.

        Args:
            records: Complete trials.
            space: Their parameters' dimensions.
            mode: Whether less or more is better.
            evaluator: ``"ped-anova"``, ``"fanova"`` or ``"mdi"``; see
                ``optuna.importance.PedAnovaImportanceEvaluator``,
                ``FanovaImportanceEvaluator`` and ``MeanDecreaseImpurityImportanceEvaluator``.

        Returns:
            Shares that sum to 1, by parameter, largest first.

        Raises:
            NoResultError: If the trials do not suffice.
        """
        # Optuna's evaluators load scikit-learn, which costs seconds: only who asks pays.
        from frameworm_optuna.show.importance import importance

        return importance(records, space, mode, evaluator)

    def hypervolumes(
        self, points: Sequence[Sequence[float]], reference: Sequence[float]
    ) -> list[float]:
        """Return the hypervolume dominated by the first 1, 2, ... points.

        Args:
            points: Losses, less is better.
            reference: The corner up to which volume counts.
        """
        return hypervolumes(points, reference)


def _open_storage(storage: Any, durability: Durability) -> BaseStorage:
    if isinstance(storage, str):
        return PlanStorage(storage, durability=durability)
    # Optuna wraps an RDB storage in a cache of its own; ours needs none.
    if isinstance(storage, _CachedStorage):
        storage = storage._backend
    if isinstance(storage, BaseStorage):
        return storage
    raise SearchArgumentError(
        f"storage is a database URL or an Optuna storage, got {type(storage).__name__}."
    )


def _find(storage: BaseStorage, name: str) -> int:
    try:
        return storage.get_study_id_from_name(name)
    except KeyError:
        names = _names(storage)
        raise StudyNotFoundError(
            f"No study {name!r} in the storage.{nearest(name, names)} It holds {names}."
        ) from None


def _names(storage: BaseStorage) -> list[str]:
    return [study.study_name for study in storage.get_all_studies()]


def _only_name(storage: BaseStorage) -> str:
    names = _names(storage)
    if len(names) != 1:
        raise StudyNotFoundError(
            f"The storage holds {len(names)} studies; give study_name, one of {names}."
        )
    return names[0]


def _find_or_create(storage: BaseStorage, name: str, settings: StudySettings) -> tuple[int, bool]:
    try:
        return storage.get_study_id_from_name(name), False
    except KeyError:
        pass
    user_attrs = metadata.write_settings(settings)
    system_attrs = {"study:metric_names": list(settings.goals.metrics)}
    directions = [_DIRECTIONS[mode] for mode in settings.goals.modes]
    try:
        if isinstance(storage, PlanStorage):
            return _create(storage, name, directions, user_attrs, system_attrs), True
        study_id = storage.create_new_study(directions, name)
    except (DuplicatedStudyError, sa.exc.IntegrityError):
        # Another driver made it in this very moment.
        return storage.get_study_id_from_name(name), False
    except sa.exc.DBAPIError as error:
        shown = display_url(storage.url) if isinstance(storage, PlanStorage) else "the storage"
        raise StorageError(
            f"The study {name!r} cannot be made in {shown}: {error.orig}. Nothing of it was "
            "written; make room there, or shorten what does not fit (MariaDB's and MySQL's text "
            "columns hold 64 KB, the base config among them)."
        ) from error
    for key, value in user_attrs.items():
        storage.set_study_user_attr(study_id, key, value)
    for key, value in system_attrs.items():
        storage.set_study_system_attr(study_id, key, value)
    return study_id, True


def _create(
    storage: PlanStorage,
    name: str,
    directions: Sequence[StudyDirection],
    user_attrs: Mapping[str, Any],
    system_attrs: Mapping[str, Any],
) -> int:
    """Create a study with all it carries in one transaction, so that none is ever half a study."""
    with storage.engine.begin() as connection:
        created = connection.execute(sa.insert(schema.studies).values(study_name=name))
        assert created.inserted_primary_key is not None
        study_id = int(created.inserted_primary_key[0])
        rows: list[dict[str, Any]] = [
            {"study_id": study_id, "objective": objective, "direction": direction}
            for objective, direction in enumerate(directions)
        ]
        connection.execute(sa.insert(schema.directions), rows)
        for table, attrs in (
            (schema.study_user_attrs, user_attrs),
            (schema.study_system_attrs, system_attrs),
        ):
            rows = [
                {"study_id": study_id, "key": key, "value_json": json.dumps(value)}
                for key, value in attrs.items()
            ]
            connection.execute(sa.insert(table), rows)
    return study_id


def _write_settings(storage: BaseStorage, study_id: int, settings: StudySettings) -> None:
    for key, value in metadata.write_settings(settings).items():
        storage.set_study_user_attr(study_id, key, value)


def _check_adoptable(
    storage: BaseStorage, study_id: int, name: str, settings: StudySettings
) -> None:
    """Refuse to go on with a study of plain Optuna's that is about something else."""
    directions = storage.get_study_directions(study_id)
    modes = list(settings.goals.modes)
    if list(directions) != [_DIRECTIONS[mode] for mode in modes]:
        raise StudyMismatchError(
            f"The study {name!r} was made to {[d.name.lower() for d in directions]}, this search "
            f"has mode={modes}. Give this search another study_name or mode."
        )
    _check_distributions(storage, study_id, name, settings)
    names = list(settings.goals.metrics)
    storage.set_study_system_attr(study_id, "study:metric_names", names)


def _check_distributions(
    storage: BaseStorage, study_id: int, name: str, settings: StudySettings
) -> None:
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


def _guess(storage: BaseStorage, study_id: int) -> StudySettings:
    """Describe a study that Frameworm did not make from what its trials show."""
    trials = storage.get_all_trials(study_id, deepcopy=False)
    space = {
        key: to_dimension(distribution)
        for trial in trials
        for key, distribution in trial.distributions.items()
    }
    directions = storage.get_study_directions(study_id)
    names = storage.get_study_system_attrs(study_id).get("study:metric_names") or (
        ["value"] if len(directions) == 1 else [f"value_{i}" for i in range(len(directions))]
    )
    modes = [_MODES[direction] for direction in directions]
    return StudySettings(
        space=space,
        strategy=Random(n_trials=len(trials), seed=0),
        goals=Goals(zip(names, modes, strict=True)),
        base_config={},
    )
