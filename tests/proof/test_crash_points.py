"""Each connection, statement and commit of a run is a crash point; nothing is lost at any.

A run of six trials sends some 150 statements. At each of them each fault may happen; then the same
script is run again. Usually a sample is tried, which FRAMEWORM_PROOF_SEED in the environment draws
anew; with FRAMEWORM_PROOF=all every point is, which takes hours, and with a number that many of
each fault, kind of search and way of running it.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proof.faults import FAULTS
from tests.proof.invariants import violations
from tests.proof.script import KINDS
from tests.servers import new_database

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]

PROOF = os.environ.get("FRAMEWORM_PROOF", "")
ALL = PROOF == "all"
SEED = os.environ.get("FRAMEWORM_PROOF_SEED", "1")
DATABASES = ("sqlite", "postgresql", "mariadb")
WAYS = ("1", "threads", "2")
SAMPLE = 12
"""How many points of a database are usually tried, one of each fault and some more."""


class ForkServer:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, case: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    started = ForkServer()
    yield started
    started.close()


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield "sqlite"
        return
    with new_database(request.param) as url:
        yield url


class Bench:
    """Runs cases on one database, each in a study of its own."""

    def __init__(self, server: ForkServer, database: str, folder: Path) -> None:
        self._server = server
        self._database = database
        self._folder = folder
        self._calm: dict[tuple[str, str], dict[str, Any]] = {}

    def case(self, kind: str, jobs: str) -> dict[str, Any]:
        name = uuid.uuid4().hex[:12]
        folder = self._folder / name
        # On SQLite each case has a new file, so that making the tables is among its points.
        url = f"sqlite:///{folder}/s.db" if self._database == "sqlite" else self._database
        return {"kind": kind, "jobs": jobs, "url": url, "name": name, "folder": str(folder)}

    def calm(self, kind: str, jobs: str) -> dict[str, Any]:
        if (kind, jobs) not in self._calm:
            found = self._server.ask(self.case(kind, jobs))
            assert found["first"]["ended"] == "finished", found["first"]["trace"]
            self._calm[kind, jobs] = found
        return self._calm[kind, jobs]

    def points(self, kind: str, jobs: str, fault: str) -> list[int]:
        first = self.calm(kind, jobs)["first"]
        if fault in ("answer lost", "kill after"):
            return sorted(first["commits"] + first["connects"])
        points = range(first["points"])
        # No disk is needed to connect.
        without = first["connects"] if fault == "disk full" else ()
        return [point for point in points if point not in without]

    def check(self, kind: str, jobs: str, fault: str, at: int) -> list[str]:
        calm = self.calm(kind, jobs)
        case = {**self.case(kind, jobs), "fault": fault, "at": at}
        found = self._server.ask(case)
        if not found["first"]["where"]:
            return []  # with two at once the number of statements varies a little
        undisturbed = {str(trial["number"]): trial["params"] for trial in calm["trials"]}
        wrong = violations(case, found, undisturbed)
        where = f"{kind}, n_jobs {jobs}, {fault} at {at} ({found['first']['where'][:70]})"
        return [f"{where}: {what}" for what in wrong]


@pytest.fixture(scope="module")
def bench(server: ForkServer, database: str, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(server, database, tmp_path_factory.mktemp("points"))


@pytest.mark.parametrize("jobs", WAYS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.skipif(not PROOF, reason="many points are tried with FRAMEWORM_PROOF=all or 10")
def test_nothing_is_lost_at_any_statement(bench: Bench, fault: str, jobs: str) -> None:
    wrong = []
    tried = 0
    for kind in KINDS:
        points = bench.points(kind, jobs, fault)
        if not ALL:
            draw = random.Random(f"{SEED} {kind} {fault} {jobs}")
            points = draw.sample(points, min(int(PROOF), len(points)))
        for at in points:
            wrong += bench.check(kind, jobs, fault, at)
            tried += 1
    print(f"{tried} faults injected")
    assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(bool(PROOF), reason="the proof itself is run")
def test_nothing_is_lost_at_some_statements(bench: Bench, database: str) -> None:
    draw = random.Random(f"{SEED} {database}")
    # Worker processes cost a second of CPU a case.
    kinds = {jobs: draw.choice(KINDS) for jobs in WAYS}
    faults = [*FAULTS, *draw.choices(list(FAULTS), k=SAMPLE - len(FAULTS))]
    ways = [*draw.choices(WAYS[:2], k=SAMPLE - 1), *(["2"] if database == "sqlite" else ["1"])]
    wrong = []
    for fault, jobs in zip(faults, ways, strict=True):
        at = draw.choice(bench.points(kinds[jobs], jobs, fault))
        wrong += bench.check(kinds[jobs], jobs, fault, at)
    assert not wrong, "\n".join((f"FRAMEWORM_PROOF_SEED={SEED}", *wrong))


def test_the_undisturbed_runs_are_as_they_shall_be(bench: Bench) -> None:
    for kind, jobs in itertools.product(KINDS, ("1", "threads")):
        found = bench.calm(kind, jobs)
        assert [trial["state"] for trial in found["trials"]] == ["COMPLETE"] * 6
        assert len(found["log"]) == 6
