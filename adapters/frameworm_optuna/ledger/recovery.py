"""Take back the trials of drivers that are gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping

from frameworm.search.study.backend import Recovered
from frameworm.trial.claim import Claim
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.driver_record import DriverRecord
from frameworm_optuna.ledger.protocol import Ledger

__all__ = ["Recovery"]

_logger = logging.getLogger("frameworm")
_MISSED_BEATS = 4
"""A driver is not given up before it has missed so many heartbeats, however short the grace."""


class Recovery:
    """Tells living drivers from dead ones, and requeues what the dead ones held.

    Args:
        ledger: The study's ledger.
        name: The study's name.
        saved_since: Whether a trial has saved a checkpoint since a time in POSIX seconds.
    """

    def __init__(
        self, ledger: Ledger, name: str, saved_since: Callable[[Claim, float], bool]
    ) -> None:
        self._ledger = ledger
        self._name = name
        self._saved_since = saved_since
        self._seen: dict[str, tuple[int, float]] = {}
        self._warned = False
        self._looked = False

    def recover(
        self, me: DriverRecord, mine: Collection[Claim], grace: float, max_retries: int
    ) -> Recovered:
        """Requeue trials whose driver is gone; fail those started too often.

        Args:
            me: The driver that asks.
            mine: Its claims of the trials it is running.
            grace: Seconds without a heartbeat after which a driver on another host is gone.
            max_retries: How often a trial is started again.
        """
        running = self._ledger.running()
        lost = tuple(claim for claim in mine if claim not in running)
        others = [claim for claim in running if claim not in mine]
        drivers = self._ledger.drivers() if others or not self._looked else {}
        self._looked = True
        held = 0
        foreign = []
        for claim in others:
            if claim.driver is None:
                foreign.append(claim.number)
            elif claim.driver == me.id:
                # Claimed by a transaction whose answer was lost; it was never started.
                self._ledger.requeue(claim, charge=False)
            elif self._lives(drivers.get(claim.driver), grace):
                held += 1
            else:
                self._take_back(claim, drivers.get(claim.driver), max_retries)
        if foreign and not self._warned:
            self._warned = True
            _logger.warning(
                "Trials %s of %s are running under plain Optuna, or were when it died; they are "
                "left alone.",
                foreign,
                self._name,
            )
        self._strike_off(drivers, {claim.driver for claim in others})
        return Recovered(held, lost)

    def _strike_off(
        self, drivers: Mapping[str, tuple[DriverRecord, int]], holding: Collection[str | None]
    ) -> None:
        """Remove the records of drivers that have died and hold nothing any more."""
        for driver, (record, _) in drivers.items():
            if driver not in holding and record.is_alive() is False:
                self._ledger.leave(record)

    def _take_back(
        self, claim: Claim, driver: tuple[DriverRecord, int] | None, max_retries: int
    ) -> None:
        charge = driver is not None and driver[0].runs_trials and not self._got_further(claim)
        if charge and claim.attempt >= max_retries:
            reason = f"its process died {claim.attempt + 1} times while running it"
            self._ledger.give_up(claim, Outcome(TrialState.FAIL, error=reason))
        elif self._ledger.requeue(claim, charge):
            _logger.info(
                "Trial %d of %s lost its process and is requeued.", claim.number, self._name
            )

    def _got_further(self, claim: Claim) -> bool:
        """Whether a trial got further than before: then it is not what killed its process."""
        started, reported = self._ledger.progress(claim)
        return reported or self._saved_since(claim, started)

    def _lives(self, driver: tuple[DriverRecord, int] | None, grace: float) -> bool:
        """Whether a driver lives.

        On this host its process tells. For another host its heartbeat must move within the grace
        period as measured here: no two clocks are compared, so a clock that was set, or is wrong,
        neither kills a living driver nor keeps a dead one.
        """
        if driver is None:
            return False
        record, beat = driver
        alive = record.is_alive()
        if alive is not None:
            return alive
        now = time.monotonic()
        last, since = self._seen.get(record.id, (None, now))
        if last != beat:
            self._seen[record.id] = (beat, now)
            return True
        return now - since <= max(grace, _MISSED_BEATS * record.interval)
