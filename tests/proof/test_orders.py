"""Every order of two and three drivers: they take turns at statements, as hypothesis decides.

Usually some tens of orders are tried; with FRAMEWORM_PROOF=all in the environment thousands are,
and with a number twenty times as many.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from frameworm_optuna import OptunaBackend
from tests.proof import drivers
from tests.proof.drivers import OPERATIONS, Driver, World
from tests.proof.turns import Player, end, playing
from tests.servers import new_database

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]

PROOF = os.environ.get("FRAMEWORM_PROOF", "")
ORDERS = {"sqlite": 30, "postgresql": 8, "mariadb": 8}
TURNS = 60


class Orders(RuleBasedStateMachine):
    """Two or three drivers of one study, each of which has the next turn at any time."""

    where: Callable[[], tuple[str, Callable[[], None]]]
    """Gives the URL for a new order, and what removes it."""

    def __init__(self) -> None:
        super().__init__()
        self._players: list[Player] = []
        self._drivers: list[Driver] = []
        self._world: World | None = None

    @initialize(
        count=st.sampled_from([2, 3]),
        kind=st.sampled_from(["random", "grid", "adaptive"]),
        runs_trials=st.booleans(),
    )
    def open(self, count: int, kind: str, runs_trials: bool) -> None:
        url, self._close = self.where()
        self._world = World(url, uuid.uuid4().hex, kind, runs_trials)
        self._drivers = [Driver(self._world) for _ in range(count)]
        self._players = [Player() for _ in range(count)]

    @rule(who=st.integers(0, 2), name=st.sampled_from(list(OPERATIONS)))
    def turn(self, who: int, name: str) -> None:
        """Let a driver do its next statement; who is idle begins an operation."""
        who %= len(self._players)
        player, driver = self._players[who], self._drivers[who]
        if player.is_idle:
            player.begin(lambda: OPERATIONS[name](driver))
        else:
            player.go_on()

    @rule(who=st.integers(0, 2))
    def die(self, who: int) -> None:
        """Kill a driver in the midst of an operation; another one takes its place."""
        who %= len(self._players)
        if self._players[who].kill():
            # To join the study is an operation too: it may have to wait for a lock.
            self._players[who].begin(lambda: self._replace(who))

    def _replace(self, who: int) -> None:
        assert self._world is not None
        self._drivers[who] = Driver(self._world)

    def teardown(self) -> None:
        try:
            end(self._players)
            if self._world is not None:
                self._world.check()
        finally:
            for player in self._players:
                player.close()
            for driver in self._drivers:
                driver.study.close()
            if self._world is not None:
                self._close()


@pytest.fixture
def where(kind: str, tmp_path: Path) -> Iterator[object]:
    if kind != "sqlite":
        with new_database(kind) as url:
            yield lambda: (url, lambda: None)
        return
    # Making the tables takes longer than an order.
    template = tmp_path / "template.db"
    study = OptunaBackend().open(f"sqlite:///{template}", "s", drivers.settings("random"))
    study.close()

    def copy() -> tuple[str, object]:
        path = tmp_path / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}", path.unlink

    yield copy


def _count(kind: str) -> int:
    if not PROOF:
        return ORDERS[kind]
    return 3000 if PROOF == "all" else 20 * int(PROOF)


@pytest.mark.parametrize("kind", ORDERS)
def test_every_order_of_drivers_runs_each_trial_once(kind: str, where: object) -> None:
    chosen = settings(
        max_examples=_count(kind),
        stateful_step_count=TURNS,
        deadline=None,
        derandomize=not PROOF,
        database=None,
        # Explaining a failure traces every line, which takes longer than finding it.
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    machine = type("Orders", (Orders,), {"where": staticmethod(where)})
    with playing():
        run_state_machine_as_test(machine, settings=chosen)
