"""The `frameworm` command, run as a user runs it: in a process of its own, in a folder of files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import RANDOM, frameworm, run


def test_a_search_runs_is_listed_shown_and_resumed(folder: Path) -> None:
    done = run(folder, *RANDOM)
    assert done.returncode == 0, done.stderr
    again = run(folder, *RANDOM)
    assert again.returncode == 0, again.stderr
    listed = frameworm(folder, "search", "list", "--json")
    (study,) = json.loads(listed.stdout)
    assert "mine" in study.values()
    shown = frameworm(folder, "search", "show", "mine")
    assert "6 complete" in shown.stdout
    best = frameworm(folder, "search", "best", "mine", "--yaml")
    assert best.returncode == 0
    assert "lr:" in best.stdout


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_trials_are_exported(folder: Path, kind: str) -> None:
    assert run(folder, *RANDOM).returncode == 0
    done = frameworm(folder, "search", "export", "mine", "--format", kind, "-o", f"out.{kind}")
    assert done.returncode == 0, done.stderr
    assert (folder / f"out.{kind}").stat().st_size > 200


def test_a_report_is_written_and_a_study_deleted(folder: Path) -> None:
    assert run(folder, *RANDOM).returncode == 0
    done = frameworm(folder, "search", "report", "mine", "-o", "r.html")
    assert done.returncode == 0, done.stderr
    assert "<html" in (folder / "r.html").read_text()
    assert frameworm(folder, "search", "delete", "mine", "--yes").returncode == 0
    assert json.loads(frameworm(folder, "search", "list", "--json").stdout) == []


def test_wrong_input_is_one_line_and_exit_code_2(folder: Path) -> None:
    (folder / "space.yaml").write_text("training.lr: {type: real, low: 2, high: 1}\n")
    done = run(folder, *RANDOM)
    assert done.returncode == 2
    assert "space.yaml" in done.stderr
    assert "training.lr" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_search_in_which_all_fails_ends_with_1(folder: Path) -> None:
    (folder / "mytrain.py").write_text("def train_fn(config):\n    raise ValueError('no luck')\n")
    done = run(folder, *RANDOM)
    assert done.returncode == 1
    assert "no luck" in done.stderr


def test_help_has_examples_everywhere(folder: Path) -> None:
    for command in (
        "run",
        "list",
        "show",
        "best",
        "export",
        "report",
        "narrow",
        "retry",
        "delete",
        "watch",
    ):
        done = frameworm(folder, "search", command, "--help")
        assert done.returncode == 0
        assert f"frameworm search {command}" in done.stdout
