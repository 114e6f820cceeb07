"""Take back the trials of drivers that are gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection

from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna.ledger.driver_record import Owner
from frameworm_optuna.ledger.protocol import Ledger, Running

__all__ = ["Recovery"]

_logger = logging.getLogger("frameworm")


class Recovery:
    """Tells living drivers from dead ones, and requeues what the dead ones held.

    Args:
        ledger: The study's ledger.
        owner: The driver that asks.
        name: The study's name.
    """

    def __init__(self, ledger: Ledger, owner: Owner, name: str) -> None:
        self._ledger = ledger
        self._owner = owner
        self._name = name
        self._seen: dict[str, tuple[int, float]] = {}
        self._warned = False

    def recover(self, mine: Collection[int], grace: float, max_retries: int) -> int:
        """Requeue trials whose driver is gone; fail those started too often.

        Args:
            mine: Ids of the trials this driver is running.
            grace: Seconds without a heartbeat after which a driver on another host is gone.
            max_retries: How often a trial is started again.

        Returns:
            How many unfinished trials other drivers are still running.
        """
        running = [trial for trial in self._ledger.running() if trial.trial_id not in mine]
        if not running:
            return 0
        drivers = self._ledger.drivers()
        held = 0
        foreign = []
        for trial in running:
            if trial.driver is None:
                foreign.append(trial.number)
            elif trial.driver != self._owner.id and self._lives(drivers.get(trial.driver), grace):
                held += 1
            else:
                # A trial of this driver that is not in flight was claimed by a transaction whose
                # answer was lost; it was never started.
                self._take_back(trial, max_retries, charge=trial.driver != self._owner.id)
        if foreign and not self._warned:
            self._warned = True
            _logger.warning(
                "Trials %s of %s are running under plain Optuna, or were when it died; they are "
                "left alone.",
                foreign,
                self._name,
            )
        return held

    def _take_back(self, trial: Running, max_retries: int, charge: bool) -> None:
        if charge and trial.attempt >= max_retries:
            outcome = Outcome(
                TrialState.FAIL,
                error=f"its process died {trial.attempt + 1} times while running it",
            )
            # Requeueing first makes sure that it is still the dead driver's.
            if self._ledger.requeue(trial, charge):
                self._ledger.exchange([(trial.trial_id, outcome)], 0, None)
        elif self._ledger.requeue(trial, charge):
            _logger.info(
                "Trial %d of %s lost its process and is requeued.", trial.number, self._name
            )

    def _lives(self, driver: tuple[Owner, int] | None, grace: float) -> bool:
        """Whether a driver lives.

        On this host its process tells. For another host its heartbeat must move within the grace
        period as measured here: no two clocks are compared, so a clock that was set, or is wrong,
        neither kills a living driver nor keeps a dead one.
        """
        if driver is None:
            return False
        owner, beat = driver
        alive = owner.is_alive()
        if alive is not None:
            return alive
        now = time.monotonic()
        last, since = self._seen.get(owner.id, (None, now))
        if last != beat:
            self._seen[owner.id] = (beat, now)
            return True
        return now - since <= grace
