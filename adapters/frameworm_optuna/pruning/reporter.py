"""Store what a trial reports, from the process that runs it, and ask the pruner."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from typing import Any

import optuna
from optuna.pruners import BasePruner
from optuna.storages import BaseStorage, InMemoryStorage

from frameworm.errors import PicklingError, StorageError
from frameworm.trial.claim import Claim
from frameworm_optuna.database.engines import display_url
from frameworm_optuna.database.failures import patiently
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.ledger.make import make_ledger
from frameworm_optuna.ledger.protocol import Ledger
from frameworm_optuna.pruning.view import PrunerView
from frameworm_optuna.translate.pruners import is_optunas

__all__ = ["Judge", "Reporter"]


class Reporter:
    """Writes reported values into a study and asks its pruner.

    A pickled one opens the storage anew in the process it arrives in, once for all trials there.

    Args:
        storage: The study's storage.
        study_id: The study's key.
        name: The study's name.
        pruner: The pruner.
    """

    def __init__(self, storage: BaseStorage, study_id: int, name: str, pruner: BasePruner) -> None:
        self._storage = storage
        self._study_id = study_id
        self._name = name
        self._pruner = pruner

    @functools.cached_property
    def _ledger(self) -> Ledger:
        return make_ledger(self._storage, self._study_id, driver="")

    @functools.cached_property
    def _study(self) -> optuna.Study:
        storage = self._view or self._storage
        return optuna.load_study(study_name=self._name, storage=storage, pruner=self._pruner)

    @functools.cached_property
    def _view(self) -> PrunerView | None:
        """A quicker view of the study for the pruners that are known to look at no parameters."""
        if not isinstance(self._storage, PlanStorage) or not is_optunas(self._pruner):
            return None
        return PrunerView(self._storage, self._study_id, self._name)

    def judge(self, claim: Claim, step: int, value: float) -> bool:
        """Store a reported value and return whether the pruner would stop the trial.

        A trial that was taken away from its driver meanwhile is left to go on undisturbed.
        """
        if not self._ledger.report(claim, step, value):
            return False
        if self._view is not None:
            self._view.refresh()
        study = self._study
        return self._pruner.prune(study, study._storage.get_trial(claim.trial_id))

    def check_remote(self) -> None:
        """Raise unless a pickled copy reaches the study.

        Raises:
            PicklingError: If it lives in this process only.
        """
        alone = isinstance(self._storage, InMemoryStorage) or (
            isinstance(self._storage, PlanStorage) and self._storage.in_memory
        )
        if alone:
            raise PicklingError(
                "A pruner needs the workers to reach the study's storage, and this one lives in "
                "the memory of this process. Use a database file or server, or n_jobs=1."
            )

    @functools.cached_property
    def _payload(self) -> bytes:
        self.check_remote()
        storage = self._storage
        place: Any = storage
        if isinstance(storage, PlanStorage):
            # A worker may have another working directory.
            place = storage.absolute_url, storage.durability
        return pickle.dumps((place, self._study_id, self._name, self._pruner))

    def __reduce__(self) -> tuple[Callable[[bytes], Reporter], tuple[bytes]]:
        return _arrived, (self._payload,)


@functools.lru_cache(maxsize=4)
def _arrived(payload: bytes) -> Reporter:
    place, study_id, name, pruner = pickle.loads(payload)

    def find() -> tuple[BaseStorage, int | None]:
        storage = PlanStorage(place[0], durability=place[1]) if isinstance(place, tuple) else place
        try:
            return storage, storage.get_study_id_from_name(name)
        except KeyError:
            return storage, None

    # In mid-run: the server may be away for a while.
    storage, found = patiently(find)
    if found != study_id:
        shown = display_url(place[0]) if isinstance(place, tuple) else type(storage).__name__
        raise StorageError(
            f"The worker finds no study {name!r} in {shown}. Give a storage that every worker "
            "reaches under the same address, such as a database server."
        )
    return Reporter(storage, study_id, name, pruner)


class Judge:
    """A reporter for one trial: what ``frameworm.search.report`` calls in the worker.

    Args:
        reporter: Stores the values.
        claim: The claim the trial is run under.
    """

    def __init__(self, reporter: Reporter, claim: Claim) -> None:
        self._reporter = reporter
        self._claim = claim

    def __call__(self, step: int, value: float) -> bool:
        """Store a value and return whether the trial shall stop."""
        return self._reporter.judge(self._claim, step, value)
