"""Every statement and every commit of a run is a crash point; nothing is lost at any of them.

A run of six trials sends some 150 statements. At each of them each fault may happen; then the same
script is run again. Usually a sample is tried; with FRAMEWORM_PROOF=all in the environment every
point is, which takes hours.
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

ALL = os.environ.get("FRAMEWORM_PROOF") == "all"
# Worker processes cost a second of CPU a case.
SAMPLE = {"1": 1, "threads": 1, "2": 0}
DATABASES = ("sqlite", "postgresql", "mariadb")


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
            return list(first["commits"])
        return list(range(first["points"]))

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


@pytest.mark.parametrize("jobs", ["1", "threads", "2"])
@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_at_any_statement(bench: Bench, fault: str, jobs: str) -> None:
    if not ALL and not SAMPLE[jobs]:
        pytest.skip("every point is tried with FRAMEWORM_PROOF=all")
    wrong = []
    draw = random.Random(f"{fault} {jobs}")
    kinds = KINDS if ALL else draw.sample(KINDS, 1)
    tried = 0
    for kind in kinds:
        points = bench.points(kind, jobs, fault)
        for at in points if ALL else draw.sample(points, SAMPLE[jobs]):
            wrong += bench.check(kind, jobs, fault, at)
            tried += 1
    print(f"{tried} faults injected")
    assert not wrong, "\n".join(wrong)


def test_the_undisturbed_runs_are_as_they_shall_be(bench: Bench) -> None:
    for kind, jobs in itertools.product(KINDS, ("1", "threads")):
        found = bench.calm(kind, jobs)
        assert [trial["state"] for trial in found["trials"]] == ["COMPLETE"] * 6
        assert len(found["log"]) == 6
