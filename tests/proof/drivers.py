"""Drivers of one study that do what a test tells them, and a book of what they were told."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

from frameworm.search.space import Integer, Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive, Grid, Random, Strategy
from frameworm.trial.claim import Claim
from frameworm.trial.goals import Goals
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState
from frameworm_optuna import OptunaBackend

__all__ = ["OPERATIONS", "Driver", "World", "settings"]

_RETRIES = 2
_STRATEGIES: dict[str, Strategy] = {
    "grid": Grid({"x": (1, 2, 3, 4)}, seed=3),
    "random": Random(4, seed=3),
    "adaptive": Adaptive(4, seed=3),
}


def settings(kind: str) -> StudySettings:
    """Return what a study of one kind is about."""
    space = {"x": Integer(1, 4) if kind == "grid" else Real(0, 1)}
    return StudySettings(space, _STRATEGIES[kind], Goals.of("loss", "min"), {})


class World:
    """One study, and what its drivers were told of it.

    Args:
        url: Its storage.
        name: Its name.
        kind: ``"grid"``, ``"random"`` or ``"adaptive"``.
        runs_trials: Whether trials run in the drivers' own processes.
    """

    def __init__(self, url: str, name: str, kind: str, runs_trials: bool) -> None:
        self.kind = kind
        self.runs_trials = runs_trials
        self._url, self._name = url, name
        self._hosts = itertools.count()
        self.tokens = itertools.count(1)
        self.claims: set[Claim] = set()
        self.run_under: dict[float, Claim] = {}
        self.told: dict[int, list[float]] = {}
        self.charges: Counter[int] = Counter()
        self.is_retried = False
        self.enqueued: set[float] = set()

    def open(self) -> Any:
        """Open the study as a driver on another host would, and join it.

        Its heartbeat has no interval: who does not move it between two looks of another driver
        was silent for longer than the grace period. So silence is a matter of the order, not of
        any clock.
        """
        study = OptunaBackend().open(self._url, self._name, settings(self.kind))
        study._driver = dataclasses.replace(study._driver, host=f"host-{next(self._hosts)}")
        study.join(self.runs_trials, 0.0)
        return study

    def note(self, specs: list[TrialSpec]) -> list[TrialSpec]:
        """Note claims that a driver was given: none is given twice."""
        for spec in specs:
            assert spec.claim not in self.claims, f"claimed twice: {spec.claim}"
            self.claims.add(spec.claim)
        return specs

    def check(self) -> None:
        """Work off the study alone, then check that each trial was run and told once."""
        last = Driver(self)
        for _ in range(3):
            last.recover()
            last.study.beat()
        last.plan()
        for _ in range(40):
            last.claim()
            if not last.held:
                break
            last.finish()
        counts = last.study.counts()
        assert not counts[TrialState.WAITING], counts
        trials = {trial.number: trial for trial in last.study.native.get_trials()}
        records = {record.number: record for record in last.study.records()}
        last.study.leave()
        last.study.close()
        assert sorted(trials) == list(range(len(trials)))
        finished = {n: r for n, r in records.items() if r.state.is_finished}
        asked = len(_STRATEGIES[self.kind])
        assert asked <= len(finished) <= asked + len(self.enqueued), finished
        for number, record in records.items():
            assert record.state is not TrialState.RUNNING
            self._check_trial(number, record, trials[number].system_attrs.get("frameworm:claim"))
        values = [record.params["x"] for record in records.values() if record.params]
        assert len(set(values)) == len(values), f"a point twice: {values}"
        if self.kind == "grid":
            assert {record.params["x"] for record in finished.values()} == {1, 2, 3, 4}

    def _check_trial(self, number: int, record: Any, stored: Any) -> None:
        if not record.state.is_finished:
            return
        token = record.metrics.get("token")
        told = self.told.get(number, [])
        assert len(told) <= 1 or self.is_retried, f"trial {number} told twice: {told}"
        if token is None:
            # Failed by recovery, for its process died too often.
            assert record.state is TrialState.FAIL, record
            assert self.runs_trials, record
            assert not told or self.is_retried, f"trial {number} was told and is failed"
            return
        claim = self.run_under[token]
        assert claim.number == number
        assert (claim.driver, claim.attempt) == (stored["driver"], stored["attempt"])
        assert not told or told[-1] == token, f"trial {number} told {told}, stored {token}"
        if not self.runs_trials:
            assert stored["attempt"] <= self.charges[number], f"trial {number} wrongly charged"


class Driver:
    """A driver that does one operation when told to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.study = world.open()
        self.held: list[TrialSpec] = []

    def plan(self) -> None:
        self.study.plan()

    def claim(self) -> None:
        self.held += self._world.note(self.study.exchange([], 1).specs)

    def finish(self) -> None:
        self._tell(TrialState.COMPLETE)

    def finish_and_claim(self) -> None:
        self._tell(TrialState.COMPLETE, claims=1)

    def fail(self) -> None:
        self._tell(TrialState.FAIL)

    def _tell(self, state: TrialState, claims: int = 0) -> None:
        if not self.held:
            return
        spec = self.held.pop(0)
        token = float(next(self._world.tokens))
        self._world.run_under[token] = spec.claim
        values = (float(spec.params["x"]),) if state is TrialState.COMPLETE else ()
        error = "its own fault" if state is TrialState.FAIL else None
        outcome = Outcome(state, values, {"token": token}, error)
        exchanged = self.study.exchange([(spec, outcome)], claims)
        if spec.claim not in exchanged.late:
            self._world.told.setdefault(spec.number, []).append(token)
        self.held += self._world.note(exchanged.specs)

    def requeue(self) -> None:
        if self.held:
            self.study.requeue(self.held.pop(0).claim)

    def charge(self) -> None:
        if self.held:
            spec = self.held.pop(0)
            self._world.charges[spec.number] += 1
            self.study.requeue(spec.claim, charge=True)

    def beat(self) -> None:
        self.study.beat()

    def recover(self) -> None:
        found = self.study.recover([spec.claim for spec in self.held], 0.0, _RETRIES)
        self.held = [spec for spec in self.held if spec.claim not in found.lost]

    def leave(self) -> None:
        self.study.release()
        self.study.leave()
        self.study.close()
        self.held = []
        self.study = self._world.open()

    def retry_failed(self) -> None:
        self._world.is_retried = True
        self.study.retry_failed()

    def enqueue(self) -> None:
        # All enqueue the same point: it is run once, whoever comes first.
        value = 2 if self._world.kind == "grid" else 0.25
        self._world.enqueued.add(value)
        self.study.enqueue({"x": value})


OPERATIONS: dict[str, Callable[[Driver], None]] = {
    name: getattr(Driver, name)
    for name in (
        *("claim", "finish", "finish_and_claim", "recover", "plan", "beat", "fail", "requeue"),
        *("charge", "leave", "enqueue", "retry_failed"),
    )
}
"""What a driver does, by name; the plainest first, for those a failing order is shrunk to."""
