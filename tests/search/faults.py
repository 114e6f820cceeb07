"""Start, kill and judge real drivers."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import optuna
import psutil

SCRIPT = Path(__file__).with_name("driver_script.py")


def start(url: str, n_jobs: int, kind: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), url, str(n_jobs), kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def wait_until_ready(driver: subprocess.Popen[str]) -> None:
    assert driver.stdout is not None
    line = driver.stdout.readline()
    assert line == "READY\n", driver.communicate()[1]


def finish(driver: subprocess.Popen[str], seconds: float = 120) -> str:
    out, err = driver.communicate(timeout=seconds)
    assert driver.returncode == 0, err[-3000:]
    return out


def workers_of(driver: subprocess.Popen[str]) -> list[psutil.Process]:
    """The loky workers among a driver's children; its resource tracker is none."""
    found = []
    for child in psutil.Process(driver.pid).children(recursive=True):
        try:
            if "popen_loky" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def trials(url: str) -> dict[int, Any]:
    if not _is_made(url):
        return {}
    try:
        study = optuna.load_study(storage=url, study_name="s")
    except KeyError:
        return {}
    return {trial.number: trial for trial in study.trials}


def _is_made(url: str) -> bool:
    """Whether the database has its tables; Optuna, asked earlier, would make them too."""
    path = url.removeprefix("sqlite:///")
    if path == url:
        return True
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT COUNT(*) FROM alembic_version").fetchone()[0])
    except sqlite3.OperationalError:
        return False


def finished(url: str) -> dict[int, tuple[Any, ...]]:
    return {
        number: (trial.state, trial.params, trial.values, trial.datetime_complete)
        for number, trial in trials(url).items()
        if trial.state.is_finished()
    }


def check_complete(url: str, expected: dict[int, dict[str, Any]]) -> None:
    """Every planned trial is COMPLETE, once, with the parameters of an undisturbed run."""
    found = trials(url)
    assert {trial.state.name for trial in found.values()} == {"COMPLETE"}
    assert {number: trial.params for number, trial in found.items()} == expected
    assert len({str(sorted(trial.params.items())) for trial in found.values()}) == len(expected)


def gone(processes: list[psutil.Process], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
            return True
        time.sleep(0.05)
    return False
