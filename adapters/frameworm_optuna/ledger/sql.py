"""The fast ledger: SQLAlchemy Core on Optuna's own tables.

Each step is one transaction. On a database server rows are locked one by one, and a claim skips
rows that another driver is claiming.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from optuna.distributions import BaseDistribution
from optuna.trial import TrialState as OptunaState

from frameworm.search.space.dimensions import Dimension
from frameworm.search.study.columns import TrialColumns
from frameworm.search.study.keys import TrialKeys
from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from frameworm_optuna.database import schema
from frameworm_optuna.database.attributes import lock_study, read_attr, write_attr
from frameworm_optuna.database.storage import PlanStorage
from frameworm_optuna.database.transactions import Transactions
from frameworm_optuna.ledger import sql_claims, sql_outcomes, sql_replan, sql_trials
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.ledger.protocol import (
    Held,
    PlanChange,
    PlanChunk,
    Point,
    before_taken,
    enqueued,
)
from frameworm_optuna.reading.columns import read_columns
from frameworm_optuna.reading.records import Decoder, read_records
from frameworm_optuna.reading.scores import read_finished, read_scored
from frameworm_optuna.translate.trial_attrs import ADDED, DIGEST, DRIVER, FIXED

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
        self._driver = driver
        self._transactions = Transactions(storage)
        self._transact = self._transactions.transact
        self._read = self._transactions.read
        self._claims = sql_claims.Claims(study_id, driver)
        self._planned = 0

    def plan(
        self,
        distributions: Mapping[str, BaseDistribution],
        next_chunk: Callable[[int, int], PlanChunk | None],
        digest: str = "",
    ) -> bool:
        """Write one chunk of waiting trials; return whether there may be more to plan."""
        written = self._transact(
            lambda connection: sql_trials.write_plan(
                connection, self._study, distributions, next_chunk, digest
            )
        )
        self._planned += written or 0
        if written is None and self._planned >= _MANY:
            self._transact(sql_trials.count_anew)
            self._planned = 0
        return written is not None

    def create(
        self,
        distributions: Mapping[str, BaseDistribution],
        points: Sequence[Point],
        total: int,
        known: int | None = None,
    ) -> list[Held]:
        """Add trials that this driver runs at once."""
        held: list[Held] = []

        def work(connection: sa.Connection) -> list[Held]:
            held.clear()
            lock_study(connection, self._study)
            count = sql_trials.count_trials(connection, self._study)
            room = max(0, total - count)
            if known is not None and known < count:
                taken = sql_trials.points_from(connection, self._study, known)
                room = min(room, before_taken(points, taken))
            added = sql_trials.add_trials(
                connection, self._study, distributions, points[:room], _started()
            )
            for (trial_id, number), point in zip(added, points, strict=False):
                claim = Claim(trial_id, number, self._driver)
                self._claims.sign(connection, claim, left=None)
                held.append((claim, point.values))
            return held

        def created(connection: sa.Connection) -> list[Held] | None:
            # This driver's claims are there only if the commit that got no answer was done.
            there = [sql_claims.locked(connection, claim) for claim, _ in held]
            return held if held and None not in there else None

        return self._transact(work, created)

    def enqueue(
        self, values: Mapping[str, float], distributions: Mapping[str, BaseDistribution]
    ) -> bool:
        """Add one waiting trial as Optuna's ``Study.enqueue_trial`` does, unless it is there."""
        self._claims.look_again()
        point = enqueued(values, distributions)
        waiting = {"state": OptunaState.WAITING}
        return self._add(distributions, point, values, waiting, None)

    def add_finished(
        self, distributions: Mapping[str, BaseDistribution], point: Point, outcome: Outcome
    ) -> bool:
        """Add one finished trial, unless the point is there."""
        return self._add(distributions, point, point.values, _started(), outcome)

    def _add(
        self,
        distributions: Mapping[str, BaseDistribution],
        point: Point,
        values: Mapping[str, float],
        columns: Mapping[str, Any],
        outcome: Outcome | None,
    ) -> bool:
        fixed = enqueued(values, distributions).attrs[FIXED]
        token = uuid.uuid4().hex
        point = Point(point.values, {**point.attrs, ADDED: token})

        def work(connection: sa.Connection) -> bool:
            lock_study(connection, self._study)
            # Under the lock: the same script, started several times at once, enqueues it once.
            if sql_trials.has_point(connection, self._study, values, fixed):
                return False
            ((trial_id, _),) = sql_trials.add_trials(
                connection, self._study, distributions, [point], columns
            )
            if outcome is not None:
                sql_outcomes.finish(connection, trial_id, outcome)
            return True

        def added(connection: sa.Connection) -> bool | None:
            return sql_trials.is_added(connection, self._study, token) or None

        return self._transact(work, added)

    def exchange(
        self,
        finished: Sequence[tuple[Claim, Outcome]],
        claims: int,
        below: int | None,
        busy: Collection[int] = (),
    ) -> tuple[list[Held], list[Claim]]:
        """Record outcomes and claim trials; return the claimed ones and the late outcomes'."""

        def work(connection: sa.Connection) -> tuple[list[Held], list[Claim]]:
            late = [
                claim
                for claim, outcome in finished
                if not sql_outcomes.record(connection, claim, outcome)
            ]
            held = self._claims.claim(connection, claims, below, busy) if claims else []
            return held, late

        return self._transact(work)

    def report(self, claim: Claim, step: int, value: float) -> bool:
        """Write a reported value; return whether the trial is still run under that claim."""
        return self._transact(
            lambda connection: sql_outcomes.report(connection, claim, step, value)
        )

    def requeue(self, claim: Claim, charge: bool) -> bool:
        """Put a running trial back to waiting, if it is still claimed like this."""
        return self._transact(lambda connection: sql_outcomes.requeue(connection, claim, charge))

    def give_up(self, claim: Claim, outcome: Outcome) -> bool:
        """Fail a running trial whose driver is gone, if it is still claimed like this."""
        return self._transact(lambda connection: sql_outcomes.give_up(connection, claim, outcome))

    def progress(self, claim: Claim) -> tuple[float, bool]:
        """Return when a trial was started, and whether it has reported what is new since."""
        return self._read(lambda connection: sql_claims.progress(connection, claim))

    def retry_failed(self, numbers: Collection[int] | None = None) -> int:
        """Put failed trials back to waiting; return how many there were."""
        return self._transact(
            lambda connection: sql_outcomes.reset_failed(connection, self._study, numbers)
        )

    def restart_plan(self, change: PlanChange) -> bool:
        """Plan from the first point again, with what the change makes of the trials."""
        return self._transact(
            lambda connection: sql_replan.restart(connection, self._study, change)
        )

    def plan_digest(self) -> str:
        """Return the digest of the plan last written, else nothing."""
        return self._read(lambda connection: read_attr(connection, self._study, DIGEST)) or ""

    def running(self) -> list[Claim]:
        """Return the claims of the running trials."""
        return self._read(lambda connection: sql_claims.running(connection, self._study))

    def counts(self, below: int | None) -> dict[TrialState, int]:
        """Count the trials asked for by state."""
        return self._read(
            lambda connection: sql_claims.count_states(connection, self._study, below)
        )

    def extra_past(self, number: int) -> int:
        """Count the enqueued trials and added results from a number on."""
        return self._read(lambda connection: sql_claims.extra_past(connection, self._study, number))

    def beat(self, driver: DriverRecord, count: int) -> None:
        """Register a driver or renew its registration."""
        key = DRIVER + driver.id

        def work(connection: sa.Connection) -> None:
            new = read_attr(connection, self._study, key) is None
            text = json.dumps(driver.to_json(count))
            write_attr(connection, self._study, key, text, new)

        self._transact(work)

    def leave(self, driver: DriverRecord) -> None:
        """Strike a driver off."""
        table = schema.study_system_attrs
        statement = sa.delete(table).where(
            table.c.study_id == self._study, table.c.key == DRIVER + driver.id
        )
        self._transact(lambda connection: connection.execute(statement))

    def drivers(self) -> dict[str, tuple[DriverRecord, int]]:
        """Return the registered drivers and their heartbeat counts, by id."""
        table = schema.study_system_attrs
        query = sa.select(table.c.value_json).where(
            table.c.study_id == self._study, table.c.key.startswith(DRIVER)
        )
        texts = self._read(lambda connection: connection.scalars(query).all())
        found = (DriverRecord.from_json(json.loads(text)) for text in texts)
        return {record.id: (record, beat) for record, beat in found}

    def records(
        self, decode: Decoder, known: Collection[str], keys: Collection[int] | None = None
    ) -> list[TrialRecord]:
        """Return every trial, or those with these keys, in order of their numbers."""
        return self._read(
            lambda connection: read_records(connection, self._study, decode, known, keys)
        )

    def finished(self) -> TrialKeys:
        """Return the keys of the finished trials."""
        return self._read(lambda connection: read_finished(connection, self._study))

    def scored(self) -> list[tuple[int, tuple[float, ...]]]:
        """Return key and values of the complete trials, in the order in which they finished."""
        return self._read(lambda connection: read_scored(connection, self._study))

    def columns(self, space: Mapping[str, Dimension]) -> TrialColumns | None:
        """Return the finished trials as columns."""
        return self._read(lambda connection: read_columns(connection, self._study, space))

    def close(self) -> None:
        """Give back the connection."""
        self._transactions.close()


def _started() -> dict[str, Any]:
    return {"state": OptunaState.RUNNING, "datetime_start": sql_trials.utc_now()}
