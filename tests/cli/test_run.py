"""``frameworm search run``: what it takes, what it refuses and when, and its last words."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from frameworm.search.study.entry_point import find_backend
from tests.cli.command import RANDOM, frameworm, on_terminal, run

OFTEN_BAD = """\
from pathlib import Path

def train_fn(config):
    if config.training.size < 4 and not Path('mended').exists():
        return allocate(config.training.lr)
    return {'val_loss': config.training.lr, 'latency': config.training.size}

def allocate(lr):
    raise MemoryError(f'{lr:.3f} GiB are missing')
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--pruner", "ashaa"), "--pruner is one of median, asha, hyperband, wilcoxon"),
        (("--pruner", "ashaa"), "Did you mean 'asha'?"),
        (("--method", "randm"), "Did you mean 'random'?"),
        (("--mode", "mni"), "Did you mean 'min'?"),
        (("--trails", "5"), "--trials"),
        (("--jobs", "0"), "--jobs is a number from 1, or -1"),
        (("--timeout", "soon"), "--timeout: A duration is written like 90s"),
        (("--metric", "a", "--metric", "a"), "--metric a is given twice"),
        (("--metric", "a", "--metric", "b", "--mode", "min"), "2 --metric and 1 --mode"),
        (("--set", "training.sise=3"), "Did you mean 'training.size'?"),
        (("--set", "training.lr=3"), "'training.lr' is searched"),
        (("--set", "training.epochs"), "--set is written key=value"),
        (("--gpus", "a,b"), "--gpus is numbers with commas"),
        (("--checkpoints", "memroy://runs"), "--checkpoints is a folder or a URL"),
    ],
)
def test_a_slip_is_told_before_anything_is_stored(
    folder: Path, options: tuple[str, ...], said: str
) -> None:
    done = run(folder, *RANDOM, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (folder / "frameworm.db").exists()


def test_a_mistyped_metric_leaves_no_study_that_stands_in_the_way(folder: Path) -> None:
    wrong = run(folder, *RANDOM, "--metric", "val_los")
    assert wrong.returncode == 2
    assert "Did you mean 'val_loss'?" in wrong.stderr
    assert run(folder, *RANDOM, "-q").returncode == 0
    shown = json.loads(frameworm(folder, "search", "show", "mine", "--json").stdout)
    assert shown["objectives"] == [{"metric": "val_loss", "mode": "min"}]


def test_set_changes_the_base_config_typed_as_yaml(folder: Path) -> None:
    (folder / "base.yaml").write_text("training: {lr: 0.1, size: 4, epochs: 3, warm: 0.5}\n")
    (folder / "mytrain.py").write_text(
        "def train_fn(config):\n"
        "    assert config.training.warm is None\n"
        "    return {'val_loss': config.training.epochs}\n"
    )
    options = ("--set", "training.epochs=1e-3", "--set", "training.warm=null")
    done = run(folder, "--method", "random", "--trials", "2", "--json", *options)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["best"]["scores"] == {"val_loss": 0.001}
    other = run(folder, "--method", "random", "--trials", "2", "--json", "--set", "training.warm=~")
    assert json.loads(other.stdout)["study"] != json.loads(done.stdout)["study"]


def test_checkpoints_lie_where_the_option_says_and_deleting_names_them(folder: Path) -> None:
    (folder / "mytrain.py").write_text(
        "import frameworm\n"
        "def train_fn(config):\n"
        "    frameworm.current_trial().save_checkpoint(step=1)\n"
        "    return {'val_loss': config.training.lr}\n"
    )
    assert run(folder, *RANDOM, "--checkpoints", "shared").returncode == 0
    [study] = (folder / "shared").iterdir()
    assert study.name.startswith("mine-")
    assert len(list(study.glob("trial-*/checkpoint.pt"))) == 1
    deleted = frameworm(folder, "search", "delete", "mine", "--yes")
    assert f"Its checkpoints are still in {study}." in deleted.stdout


def test_what_failed_is_grouped_and_the_next_command_works_as_it_is_printed(folder: Path) -> None:
    (folder / "mytrain.py").write_text(OFTEN_BAD)
    options = ("--method", "grid", "--grid-values", "4", "--study", "mine", "--max-failures", "20")
    done = run(folder, *options)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "8 of 12 trials failed" in lines
    # The first failure is told whole when it happens, too.
    grouped = [line for line in lines if "MemoryError" in line and line.split()[0] == "8"]
    assert len(grouped) == 1
    shows, again = (shlex.split(line) for line in lines if line.startswith("  frameworm"))
    assert "in allocate" in frameworm(folder, *shows[1:]).stdout
    (folder / "mended").touch()
    same = run(folder, *options)
    assert "8 of 12 trials failed" in same.stdout
    mended = frameworm(folder, *again[1:])
    assert mended.returncode == 0, mended.stderr
    assert "failed" not in mended.stdout


def test_a_search_in_which_all_fails_says_what_and_how_to_look(folder: Path) -> None:
    (folder / "mytrain.py").write_text("def train_fn(config):\n    return 1 / 0\n")
    done = run(folder, *RANDOM)
    assert done.returncode == 1
    assert "5 of 5 trials failed" in done.stdout
    assert "frameworm search show mine 0" in done.stdout
    assert "ZeroDivisionError" in done.stderr
    assert "--retry-failed" in done.stderr
    assert "retry_failed" not in done.stderr


def test_several_metrics_are_shown_as_a_sorted_front(folder: Path) -> None:
    (folder / "mended").touch()
    (folder / "mytrain.py").write_text(OFTEN_BAD)
    metrics = ("--metric", "val_loss", "--metric", "latency", "--mode", "min", "--mode", "max")
    assert run(folder, *RANDOM, *metrics).returncode == 0
    best = json.loads(frameworm(folder, "search", "best", "--json").stdout)
    assert len(best) > 1
    losses = [trial["scores"]["val_loss"] for trial in best]
    assert losses == sorted(losses)
    shown = frameworm(folder, "search", "best").stdout.splitlines()
    assert shown[0] == f"Pareto front, {len(best)} trials"
    assert [int(line.split()[0]) for line in shown[2:]] == [trial["trial"] for trial in best]


def test_a_narrower_space_is_what_the_next_search_takes(folder: Path) -> None:
    assert run(folder, "--method", "random", "--trials", "30", "--seed", "3", "-q").returncode == 0
    done = frameworm(folder, "search", "narrow", "-o", "narrow.yaml")
    assert done.returncode == 0, done.stderr
    shutil.copy(folder / "narrow.yaml", folder / "space.yaml")
    again = run(folder, "--method", "random", "--trials", "10", "--study", "narrow", "-q")
    assert again.returncode == 0, again.stderr
    study = find_backend().load(f"sqlite:///{folder}/frameworm.db", "narrow")
    learning_rate = study.settings.space["training.lr"]
    study.close()
    assert 1e-4 <= learning_rate.low < learning_rate.high < 1e-1


def test_help_groups_options_and_flags_show_no_type(folder: Path) -> None:
    for text in (
        frameworm(folder, "search", "run", "--help").stdout,
        "\n".join(on_terminal(folder, 80, "search", "run", "--help")),
    ):
        places = [text.index(f"{name}") for name in ("Execution", "Limits", "Storage", "Output")]
        assert places == sorted(places)
        assert text.index("--jobs") > places[0]
        assert text.index("--timeout") > places[1]
        assert "<bool>" not in text
        assert "<int" not in text
