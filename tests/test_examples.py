"""The examples run, from an empty folder, and leave what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import optuna
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("script", "database", "studies"),
    [
        ("hyperparameter_search_example.py", "digits.db", 2),
        pytest.param("beyond_grid_and_random_example.py", "beyond.db", 5, marks=pytest.mark.slow),
        pytest.param(
            "distributed_training_example.py", "distributed.db", 1, marks=pytest.mark.slow
        ),
        ("scikit_learn_example.py", "scikit_learn.db", 1),
    ],
)
def test_an_example_runs(tmp_path: Path, script: str, database: str, studies: int) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=390,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "optuna-dashboard sqlite:///" in done.stdout
    found = optuna.get_all_study_names(f"sqlite:///{tmp_path}/search_output/{database}")
    assert len(found) >= studies
