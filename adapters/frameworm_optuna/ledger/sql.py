"""The fast ledger: SQLAlchemy Core on Optuna's own tables.

Each step is one transaction. On a database server rows are locked one by one, and a claim skips
rows that another driver is claiming.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.distributions import BaseDistribution
from optuna.trial import TrialState as OptunaState

from frameworm.search.space.spaces import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.database import schema
from frameworm_optuna.database.attributes import lock_study, read_attr, write_attr
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.database.transactions import Transactions
from frameworm_optuna.ledger import sql_claims, sql_outcomes, sql_trials
from frameworm_optuna.ledger.driver_record import Owner
from frameworm_optuna.ledger.protocol import Claimed, PlanChunk, Planned, Running, enqueued
from frameworm_optuna.reading.columns import read_columns
from frameworm_optuna.reading.records import Decoder, read_records
from frameworm_optuna.translate.trial_attrs import DRIVER

__all__ = ["SqlLedger"]

_MANY = 500
"""So many new trials make the database's idea of its tables wrong."""


class SqlLedger:
    """A study's ledger on an RDB storage; see ``Ledger``.

    Args:
        storage: The storage; its tables are Optuna's.
        study_id: The study's key in it.
        driver: The id under which trials are claimed.
    """

    def __init__(self, storage: PlanStorage, study_id: int, driver: str) -> None:
        self._study = study_id
        self._transactions = Transactions(storage)
        self._transact = self._transactions.transact
        self._read = self._transactions.read
        self._claims = sql_claims.Claims(study_id, driver)
        self._planned = 0

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
    ) -> int:
        """Write one chunk of waiting trials; return how many, 0 when all is planned."""
        written = self._transact(
            lambda connection: sql_trials.write_plan(
                connection, self._study, distributions, next_chunk
            )
        )
        self._planned += written
        if not written and self._planned >= _MANY:
            self._transact(sql_trials.count_anew)
            self._planned = 0
        return written

    def create(
        self,
        distributions: Mapping[str, BaseDistribution],
        trials: Sequence[Planned],
        total: int | None = None,
    ) -> list[Claimed]:
        """Add trials that this driver runs at once."""

        def work(connection: sa.Connection) -> list[Claimed]:
            lock_study(connection, self._study)
            room = len(trials)
            if total is not None:
                room = max(0, total - sql_trials.count_trials(connection, self._study))
            columns = {"state": OptunaState.RUNNING, "datetime_start": sql_trials.utc_now()}
            added = sql_trials.add_trials(
                connection, self._study, distributions, trials[:room], columns
            )
            for trial_id, _ in added:
                self._claims.sign(connection, trial_id, attempt=0, renew=False)
            return [
                Claimed(trial_id, number, trial.params, 0)
                for (trial_id, number), trial in zip(added, trials, strict=False)
            ]

        return self._transact(work)

    def enqueue(
        self, params: Mapping[str, float], distributions: Mapping[str, BaseDistribution]
    ) -> int:
        """Add one waiting trial as Optuna's ``Study.enqueue_trial`` does; return its number."""
        trial = enqueued(params, distributions)
        self._claims.look_again()
        return self._add(distributions, trial, {"state": OptunaState.WAITING}, None)

    def add_finished(
        self, distributions: Mapping[str, BaseDistribution], trial: Planned, outcome: Outcome
    ) -> int:
        """Add one finished trial; return its number."""
        columns = {"state": OptunaState.RUNNING, "datetime_start": sql_trials.utc_now()}
        return self._add(distributions, trial, columns, outcome)

    def _add(
        self,
        distributions: Mapping[str, BaseDistribution],
        trial: Planned,
        columns: Mapping[str, Any],
        outcome: Outcome | None,
    ) -> int:
        def work(connection: sa.Connection) -> int:
            lock_study(connection, self._study)
            ((trial_id, number),) = sql_trials.add_trials(
                connection, self._study, distributions, [trial], columns
            )
            if outcome is not None:
                sql_outcomes.record(connection, trial_id, outcome)
            return number

        return self._transact(work)

    def exchange(
        self, finished: Sequence[tuple[int, Outcome]], claims: int, below: int | None
    ) -> tuple[list[Claimed], list[int]]:
        """Record outcomes and claim trials; return the claimed ones and ids of late outcomes."""

        def work(connection: sa.Connection) -> tuple[list[Claimed], list[int]]:
            late = [
                trial_id
                for trial_id, outcome in finished
                if not sql_outcomes.record(connection, trial_id, outcome)
            ]
            return self._claims.claim(connection, claims, below) if claims else [], late

        return self._transact(work)

    def report(self, trial: Running, step: int, value: float) -> bool:
        """Write a reported value; return whether the trial is still run under that claim."""
        held = sql_claims.held(trial)
        return self._transact(
            lambda connection: sql_outcomes.report(connection, trial.trial_id, held, step, value)
        )

    def requeue(self, trial: Running, charge: bool) -> bool:
        """Put a running trial back to waiting, if it is still as described."""
        return self._transact(lambda connection: sql_claims.requeue(connection, trial, charge))

    def retry_failed(self) -> int:
        """Put failed trials back to waiting; return how many there were."""
        return self._transact(lambda connection: sql_outcomes.reset_failed(connection, self._study))

    def restart_plan(self, attrs: Mapping[int, Mapping[str, Any]]) -> None:
        """Plan from the first point again, and give trials new attributes by their number."""
        self._transact(lambda connection: sql_trials.write_attrs(connection, self._study, attrs))

    def running(self) -> list[Running]:
        """Return the running trials."""
        return self._read(lambda connection: sql_claims.running(connection, self._study))

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Count the trials asked for by state."""
        return self._read(
            lambda connection: sql_claims.count_states(connection, self._study, below)
        )

    def beat(self, owner: Owner, count: int) -> None:
        """Register a driver or renew its registration."""
        key = DRIVER + owner.id

        def work(connection: sa.Connection) -> None:
            new = read_attr(connection, self._study, key) is None
            write_attr(connection, self._study, key, owner.to_json(count), new)

        self._transact(work)

    def leave(self, owner: Owner) -> None:
        """Strike a driver off."""
        table = schema.study_system_attrs
        statement = sa.delete(table).where(
            table.c.study_id == self._study, table.c.key == DRIVER + owner.id
        )
        self._transact(lambda connection: connection.execute(statement))

    def drivers(self) -> dict[str, tuple[Owner, int]]:
        """Return the registered drivers and their heartbeat counts, by id."""
        table = schema.study_system_attrs
        query = sa.select(table.c.value_json).where(
            table.c.study_id == self._study, table.c.key.startswith(DRIVER)
        )
        texts = self._read(lambda connection: connection.scalars(query).all())
        found = (Owner.from_json(text) for text in texts)
        return {owner.id: (owner, beat) for owner, beat in found}

    def records(self, decode: Decoder, known: Collection[str]) -> list[TrialRecord]:
        """Return every trial, in order of their numbers."""
        return self._read(lambda connection: read_records(connection, self._study, decode, known))

    def columns(self, space: Mapping[str, Dimension]) -> TrialColumns | None:
        """Return the finished trials as columns."""
        return self._read(lambda connection: read_columns(connection, self._study, space))

    def close(self) -> None:
        """Give back the connection."""
        self._transactions.close()
