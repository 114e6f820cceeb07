"""What a stored search was fitted on, so that no other data's scores are taken for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import joblib

from frameworm.core.json_values import name_of
from frameworm.errors import StorageError, StudyMismatchError, StudyNotFoundError
from frameworm.integrations.sklearn.cross_validation import CrossValidation
from frameworm.search.study.entry_point import find_backend

__all__ = ["check_fingerprint", "fingerprint"]

SECTION = "search_cv"


def fingerprint(validation: CrossValidation) -> dict[str, str]:
    """Return what makes scores comparable: estimator, scoring, data and folds.

    Args:
        validation: The cross-validation.

    Returns:
        Names of the estimator and the scoring, and hashes of the data and the folds.
    """
    data = (validation.X, validation.y, dict(validation.fit_params), dict(validation.score_params))
    return {
        "estimator": name_of(type(validation.estimator)),
        "scoring": name_of(validation.scorer),
        "data": joblib.hash(data),
        "folds": joblib.hash(validation.folds),
    }


def check_fingerprint(storage: Any, study_name: str, asked: Mapping[str, str]) -> None:
    """Refuse to resume a study that was fitted on something else.

    Args:
        storage: A database URL or a storage object.
        study_name: The study's name.
        asked: The fingerprint of what is to be fitted now.

    Raises:
        StudyMismatchError: If the study has another one.
    """
    try:
        study = find_backend().load(storage, study_name)
    except (StudyNotFoundError, StorageError):
        # No database yet; if it is another trouble, opening it for the search tells it.
        return
    stored = study.settings.base_config.get(SECTION)
    study.close()
    if not isinstance(stored, Mapping):
        raise StudyMismatchError(
            f"The study {study_name!r} is none of SearchCV's; give this search another study_name."
        )
    other = [name for name in asked if stored.get(name) != asked[name]]
    if other:
        hint = " Give cv a random_state, so that its folds are the same each time." * (
            other == ["folds"]
        )
        raise StudyMismatchError(
            f"The study {study_name!r} has scores of other {' and '.join(other)}; they cannot be "
            f"compared with new ones. Give this search another study_name.{hint}"
        )
