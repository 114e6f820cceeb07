"""Runs the script in a fork for each case, so that its imports are paid for once.

Reads one case a line as JSON, answers each with one line of JSON.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import psycopg  # noqa: F401
import pymysql  # noqa: F401
from optuna.storages import RDBStorage

import frameworm.search.results.from_study  # noqa: F401
import frameworm_optuna  # noqa: F401
from tests.proof.faults import FAULTS
from tests.proof.script import KINDS, LOG, search
from tests.proof.statements import Point, intercepted

CASE = "PROOF_CASE"
SECONDS = 60


def _in_fork(folder: Path, case: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run work in a fork; return what it returned, or how it died."""
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.alarm(SECONDS)
            (folder / "tmp").mkdir(exist_ok=True)
            os.environ.update({LOG: str(folder / "log"), CASE: case, "TMPDIR": f"{folder}/tmp"})
            quiet = logging.FileHandler(folder / "messages")
            logging.getLogger("frameworm").addHandler(quiet)
            logging.getLogger("frameworm").propagate = False
            written = work()
            answer.write_text(json.dumps(written))
        except BaseException:
            (folder / "harness").write_text(traceback.format_exc())
            os._exit(99)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"ended": signal.Signals(os.WTERMSIG(status)).name}
    if os.WEXITSTATUS(status):
        raise RuntimeError((folder / "harness").read_text())
    found: dict[str, Any] = json.loads(answer.read_text())
    answer.unlink()
    return found


def _run(case: dict[str, Any], fault: str | None, at: int) -> dict[str, Any]:
    """Run the script; at the given point let the fault happen."""
    seen: list[str] = []
    where = Path("where")

    def around(point: Point, go: Callable[[], None]) -> None:
        seen.append(point.text)
        if fault is None or len(seen) - 1 != at:
            go()
            return
        where.write_text(point.text)
        FAULTS[fault](point, go)

    ended, trace = "finished", ""
    with intercepted(around):
        try:
            search(case["kind"], case["jobs"], case["url"], case["name"])()
        except BaseException as error:
            ended = type(error).__name__
            if isinstance(error, SystemExit):
                ended += f" {error.code}"
            trace = traceback.format_exc()
    if case["jobs"] == "2":
        from frameworm.search.execution.workers.worker_pool import close_idle

        close_idle()
    return {
        "ended": ended,
        "trace": trace,
        "points": len(seen),
        "commits": [index for index, text in enumerate(seen) if text == "COMMIT"],
        "connects": [index for index, text in enumerate(seen) if text == "CONNECT"],
    }


def _read(case: dict[str, Any]) -> dict[str, Any]:
    """Read the study as plain Optuna does."""
    storage = RDBStorage(case["url"], skip_compatibility_check=True, skip_table_creation=True)
    try:
        study = optuna.load_study(study_name=case["name"], storage=storage)
    except KeyError:
        storage.engine.dispose()
        return {"trials": []}
    found = {
        "trials": [
            {
                "number": trial.number,
                "state": trial.state.name,
                "params": trial.params,
                "values": trial.values,
                "user_attrs": trial.user_attrs,
                "claim": trial.system_attrs.get("frameworm:claim", {}),
            }
            for trial in study.get_trials()
        ],
        "attrs": sorted(storage.get_study_system_attrs(study._study_id)),
    }
    storage.engine.dispose()
    return found


def _go_on(case: dict[str, Any]) -> dict[str, Any]:
    """Look what the first run has left, and run the script again."""
    between = _read(case) if _is_made(case) else {}
    second = _run(case, None, -1)
    known = {"log", "messages", "tmp", "s.db"}
    left = sorted(str(path) for path in Path().rglob("*") if path.name not in known)
    return {"between": between, "second": second, "files": left} | _read(case)


def _living(case: str) -> list[str]:
    """Return the processes of a case that are still there."""
    found = []
    mark = f"{CASE}={case}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in found if line]


def _case(case: dict[str, Any]) -> dict[str, Any]:
    folder = Path(case["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    key = case["name"]
    first = _in_fork(folder, key, lambda: _run(case, case.get("fault"), case.get("at", -1)))
    found: dict[str, Any] = {"first": first}
    where = folder / "where"
    first["where"] = where.read_text() if where.exists() else ""
    where.unlink(missing_ok=True)
    if case.get("fault") is not None:
        found |= _in_fork(folder, key, lambda: _go_on(case))
    else:
        found |= _in_fork(folder, key, lambda: _read(case))
    log = folder / "log"
    found["log"] = [json.loads(line) for line in log.read_text().splitlines()]
    if case["jobs"] == "2":
        deadline = time.monotonic() + 10
        while _living(key) and time.monotonic() < deadline:
            time.sleep(0.1)
        found["living"] = _living(key)
    found["messages"] = (folder / "messages").read_text()[-2000:]
    return found


def _is_made(case: dict[str, Any]) -> bool:
    """Whether the database has its tables; a fault may have come before."""
    if not case["url"].startswith("sqlite"):
        return True
    import contextlib
    import sqlite3

    path = case["url"].removeprefix("sqlite:///")
    if not Path(path).exists():
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        query = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'studies'"
        return bool(connection.execute(query).fetchone()[0])


def _warm_up() -> None:
    """Do once what every fork would have to: late imports, caches of SQLAlchemy's."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[LOG] = f"{folder}/log"
        for kind in KINDS:
            search(kind, "1", f"sqlite:///{folder}/s.db", kind)()
        _read({"url": f"sqlite:///{folder}/s.db", "name": "grid"})
    gc.collect()
    gc.freeze()


def main() -> None:
    optuna.logging.disable_default_handler()
    _warm_up()
    for line in sys.stdin:
        try:
            answer = _case(json.loads(line))
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
