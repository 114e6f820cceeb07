"""Open studies: the entry point of the adapter."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.storages import BaseStorage

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.page import StudyPage
from frameworm.search.study.settings import Durability, StudySettings
from frameworm.search.study.strategy import Grid
from frameworm.search.study.summary import StudySummary
from frameworm.trial.goals import Mode
from frameworm.trial.record import TrialRecord
from frameworm_optuna.adoption import check_adoptable, check_distributions, describe
from frameworm_optuna.creation import find_or_create, find_study, only_name, save_settings
from frameworm_optuna.database.failures import opening, told_as_storage_errors
from frameworm_optuna.database.opening import open_storage
from frameworm_optuna.names import new_name
from frameworm_optuna.reading.study_list import delete_study, list_studies
from frameworm_optuna.show.hypervolume import hypervolumes
from frameworm_optuna.study import OptunaStudy
from frameworm_optuna.translate.settings import (
    changed_keys,
    check_same,
    kept_place,
    read_settings,
    space_differences,
)

__all__ = ["OptunaBackend"]

_logger = logging.getLogger("frameworm")


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
        with told_as_storage_errors(storage):
            name = new_name(settings.strategy.name) if name is None else name
            return opening(lambda: _open(storage, name, settings, extend, durability))

    def load(self, storage: Any, name: str | None = None) -> OptunaStudy:
        """Open an existing study as it stands.

        Args:
            storage: A database URL, or any Optuna storage object.
            name: The study's name; may be left out where the storage holds one study only.

        Raises:
            StudyNotFoundError: If there is no such study.
        """
        with told_as_storage_errors(storage):
            return opening(lambda: _load(storage, name))

    def studies(self, storage: Any) -> list[StudySummary]:
        """Return what a storage says of its studies at a glance, the oldest first.

        Args:
            storage: A database URL, or any Optuna storage object.
        """
        with told_as_storage_errors(storage):
            return opening(lambda: list_studies(open_storage(storage, only_existing=True)))

    def delete(self, storage: Any, name: str) -> None:
        """Delete a study with all its trials.

        Args:
            storage: A database URL, or any Optuna storage object.
            name: The study's name.

        Raises:
            StudyNotFoundError: If there is no such study.
        """
        with told_as_storage_errors(storage):
            opened = open_storage(storage, only_existing=True)
            delete_study(opened, find_study(opened, name))

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

        serve(open_storage(storage, only_existing=True), pages, port)

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


def _open(
    storage: Any, name: str, settings: StudySettings, extend: bool, durability: Durability
) -> OptunaStudy:
    opened = open_storage(storage, durability)
    study_id, created = find_or_create(opened, name, settings)
    if not created:
        return _resume(opened, study_id, name, settings, extend)
    study = OptunaStudy(opened, study_id, name, settings)
    study.is_new = True
    return study


def _load(storage: Any, name: str | None) -> OptunaStudy:
    opened = open_storage(storage, only_existing=True)
    name = only_name(opened) if name is None else name
    study_id = find_study(opened, name)
    stored = read_settings(opened.get_study_user_attrs(study_id))
    return OptunaStudy(opened, study_id, name, stored or describe(opened, study_id))


def _resume(
    opened: BaseStorage, study_id: int, name: str, settings: StudySettings, extend: bool
) -> OptunaStudy:
    stored = read_settings(opened.get_study_user_attrs(study_id))
    if stored is None:
        check_adoptable(opened, study_id, name, settings)
        save_settings(opened, study_id, settings)
        return OptunaStudy(opened, study_id, name, settings)
    check_same(name, stored, settings, extend)
    changed = changed_keys(stored.base_config, settings.base_config)
    if changed:
        _logger.warning(
            "The study %r was begun with another base config; it differs in %s. Trials from here "
            "on use the new values.",
            name,
            ", ".join(changed),
        )
    # The seed the study was begun with stays.
    strategy = dataclasses.replace(settings.strategy, seed=stored.strategy.seed)
    asked = dataclasses.replace(
        settings,
        strategy=strategy,
        id=stored.id or settings.id,
        checkpoints=settings.checkpoints or stored.checkpoints,
    )
    moved = kept_place(asked) != stored.checkpoints
    if moved:
        _logger.warning(
            "The checkpoints of %r were kept in %s and are from here on in %s; what is needed of "
            "the old ones must be copied there.",
            name,
            stored.checkpoints or "a folder beside the database",
            kept_place(asked),
        )
    study = OptunaStudy(opened, study_id, name, asked)
    if space_differences(stored, asked):
        check_distributions(opened, study_id, name, asked)
        study.extend(asked)
        save_settings(opened, study_id, asked)
    elif moved or (not isinstance(asked.strategy, Grid) and stored.strategy != asked.strategy):
        kept = dataclasses.replace(
            asked, base_config=stored.base_config, provenance=stored.provenance
        )
        save_settings(opened, study_id, kept)
    return study
