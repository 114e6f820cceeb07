"""What a type checker makes of a user's script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")

# The first of them checks all that Frameworm imports.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SCRIPT = """
from typing import Any

from typing_extensions import assert_type

from frameworm import Categorical, Config, GridSearch, Integer, RandomSearch, Real
from frameworm import SearchAnalyzer, Trainer, get_model
from frameworm.search import current_trial
from frameworm.search.results import SearchResults


def train_fn(config: Config) -> dict[str, float]:
    trial = current_trial()
    assert_type(trial.seed, int)
    return {"val_loss": config.training.lr}


search = RandomSearch(
    Config.from_dict({"training": {"lr": 0.1}}),
    {"training.lr": Real(1e-5, 1e-1, log=True), "n": Integer(1, 3), "o": Categorical(["a"])},
    metric="val_loss",
    mode="min",
    n_trials=3,
    storage="sqlite:///s.db",
    random_state=0,
)
best_config, best_score = search.run(train_fn, n_jobs=2)
assert_type(best_config, Config)
assert_type(best_score, float)
assert_type(search.results, SearchResults)
assert_type(search.best_params, dict[str, Any])
assert_type(search.stop_reason, str | None)
assert_type(len(GridSearch({"a": 1}, {"a": [1, 2]})), int)
assert_type(RandomSearch.resume("s", "sqlite:///s.db"), RandomSearch)
assert_type(Real(0, 1).sample(), float)
assert_type(Integer(0, 1).get_grid_values(), list[int])
SearchAnalyzer(search.results).print_summary()
"""
MISTAKES = [
    ('RandomSearch({}, {}, mode="minimum")', "incompatible type \"Literal['minimum']\""),
    ("RandomSearch({}, {}, n_trials='3')", 'Argument "n_trials"'),
    ("RandomSearch({}, {}, storag=None)", 'Unexpected keyword argument "storag"'),
    ("Real(0, '1')", 'Argument 2 to "Real"'),
    ("RandomSearch({}, {}).run(3)", 'Argument 1 to "run"'),
]


def check(path: Path, text: str) -> tuple[int, str]:
    path.write_text(text, encoding="utf-8")
    # --config-file= with nothing: a user does not have ours.
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    # The cache is shared, so that what Frameworm imports is checked once.
    command += ["--follow-imports=silent", f"--cache-dir={ROOT / '.mypy_cache' / 'users'}"]
    done = subprocess.run(
        [*command, str(path)], capture_output=True, text=True, cwd=path.parent, timeout=280
    )
    return done.returncode, done.stdout + done.stderr


def test_a_users_script_passes_strictly(tmp_path: Path) -> None:
    code, output = check(tmp_path / "script.py", SCRIPT)
    assert output == ""
    assert code == 0


def test_mistakes_are_found(tmp_path: Path) -> None:
    lines = ["from frameworm import RandomSearch, Real", *(line for line, _ in MISTAKES)]
    code, output = check(tmp_path / "script.py", "\n".join(lines) + "\n")
    assert code == 1
    for number, (_, message) in enumerate(MISTAKES, start=2):
        found = [line for line in output.splitlines() if f"script.py:{number}:" in line]
        assert any(message in line for line in found), output


@pytest.mark.parametrize("package", ["frameworm", "adapters/frameworm_optuna"])
def test_packages_say_that_they_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
