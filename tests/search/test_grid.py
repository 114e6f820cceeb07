"""Grid search over what people hold."""

from __future__ import annotations

import argparse
import dataclasses
import logging
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from optuna.distributions import FloatDistribution
from sklearn.model_selection import ParameterGrid

from frameworm import Config, GridSearch, RandomSearch, Real
from frameworm.errors import ConfigValueError, SearchArgumentError, SpaceError


def score(config: Config) -> float:
    return float(config.get("x", 0.0))


def configs(search) -> list[dict]:
    return [record.params for record in search.results.records]


def test_each_numeric_value_runs_once_and_is_of_one_kind() -> None:
    axis = [32, 64, 96.5]
    grid = GridSearch({"x": 0}, {"x": axis}, storage="sqlite://")
    grid.run(score, verbose=False)
    drawn = RandomSearch({"x": 0}, {"x": axis}, n_trials=8, storage="sqlite://", random_state=0)
    drawn.run(score, verbose=False)
    assert sorted(point["x"] for point in configs(grid)) == axis
    assert {type(point["x"]) for point in [*configs(grid), *configs(drawn)]} == {float}
    with pytest.raises(SpaceError, match=r"x: Categorical has the choice 1\.0 twice"):
        GridSearch({"x": 0}, {"x": [1, 1.0]})


def test_a_list_of_grids_runs_scikit_learns_points() -> None:
    grids = [{"kernel": ["rbf"], "x": [1, 10], "gamma": [0.1, 0.01]}, {"kernel": ["linear"]}]
    base = {"kernel": "none", "x": 5, "gamma": 0.5}
    search = GridSearch(base, grids, storage="sqlite://")
    assert len(search) == 5
    seen = []
    search.run(lambda config: seen.append(config.to_dict()) or 0.0, verbose=False)
    expected = [{**base, **point} for point in ParameterGrid(grids)]
    assert sorted(map(repr, (sorted(c.items()) for c in seen))) == sorted(
        map(repr, (sorted(c.items()) for c in expected))
    )


def test_a_list_of_grids_is_resumed_and_extended(tmp_path: Path) -> None:
    def made(*dims: int) -> GridSearch:
        grids = [{"layers": [1, 2]}, {"layers": [3], "dim": list(dims)}]
        return GridSearch(
            {"layers": 0, "dim": 0},
            grids,
            storage=f"sqlite:///{tmp_path}/s.db",
            study_name="s",
            extend=True,
        )

    made(8, 16).run(lambda config: config.dim, verbose=False)
    search = made(8, 16, 32)
    search.run(lambda config: config.dim, verbose=False)
    points = {(point["layers"], point.get("dim")) for point in configs(search)}
    assert points == {(1, None), (2, None), (3, 8), (3, 16), (3, 32)}
    assert len(search.results) == 5
    assert len(GridSearch.resume("s", f"sqlite:///{tmp_path}/s.db")) == 5


def test_a_parameter_that_depends_on_a_step_is_searched() -> None:
    space = {"x": Real(0, 1, step=0.1), "y": Real(0, 1, when={"x": 0.3})}
    search = RandomSearch({"x": 0, "y": 0}, space, n_trials=60, storage="sqlite://", random_state=1)
    search.run(score, verbose=False)
    near = [point for point in configs(search) if abs(point["x"] - 0.3) < 1e-9]
    assert near
    assert all(("y" in point) == (point in near) for point in configs(search))


@dataclasses.dataclass
class Training:
    lr: float = 0.1
    x: int = 1


@dataclasses.dataclass
class Settings:
    training: Training = dataclasses.field(default_factory=Training)
    name: str = "run"


@pytest.mark.parametrize(
    "base",
    [
        Settings(),
        argparse.Namespace(training=argparse.Namespace(lr=0.1, x=1), name="run"),
        {"training": {"lr": 0.1, "x": 1}, "name": "run"},
    ],
    ids=["dataclass", "Namespace", "dict"],
)
def test_base_configs_and_sections_of_a_space(base) -> None:
    search = GridSearch(base, {"training": {"lr": [0.1, 0.2]}}, storage="sqlite://")
    best, least = search.run(lambda config: config.training.lr, verbose=False)
    assert (best, least) == ({"training": {"lr": 0.1, "x": 1}, "name": "run"}, 0.1)


@pytest.mark.parametrize("base", [{}, None, argparse.Namespace()], ids=["{}", "None", "Namespace"])
def test_an_empty_base_config(base) -> None:
    search = GridSearch(base, {"training.lr": np.geomspace(0.1, 0.001, 3)}, storage="sqlite://")
    best, least = search.run(lambda config: config.training.lr, verbose=False)
    assert best.to_dict() == {"training": {"lr": least}}


def test_a_resumed_search_does_not_resolve_its_config_again(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FRAMEWORM_X", "somewhere")
    base = Config.from_dict({"command": r"echo \${FRAMEWORM_X}", "x": 0})
    storage = f"sqlite:///{tmp_path}/search.db"
    GridSearch(base, {"x": [1]}, storage=storage, study_name="s").run(score, verbose=False)
    resumed = GridSearch.resume("s", storage)
    assert resumed.base_config == {"command": "echo ${FRAMEWORM_X}", "x": 0}
    assert resumed.best_config.command == "echo ${FRAMEWORM_X}"


def test_a_base_config_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("training: {lr: 0.1}")
    assert GridSearch(path, {"training.lr": [1]}).base_config == {"training": {"lr": 0.1}}


def test_other_libraries_distributions_are_searched() -> None:
    space = {
        "a": FloatDistribution(1e-4, 1e-1, log=True),
        "b": scipy.stats.randint(1, 5),
        "c": (1, 8, "uniform"),
        "d": np.linspace(0, 1, 5),
    }
    search = RandomSearch({}, space, n_trials=5, storage="sqlite://", random_state=0)
    search.run(lambda config: config.a, verbose=False)
    for point in configs(search):
        assert 1e-4 <= point["a"] <= 1e-1
        assert point["b"] in range(1, 5)
        assert point["c"] in range(1, 9)
        assert point["d"] in (0, 0.25, 0.5, 0.75, 1)


def test_what_is_wrong_is_told_before_anything_is_stored(tmp_path: Path, caplog) -> None:
    storage = f"sqlite:///{tmp_path}/search.db"
    with pytest.raises(ConfigValueError, match="give an instance"):
        GridSearch(Settings, {"name": ["a"]}, storage=storage)  # type: ignore[arg-type]
    with pytest.raises(SearchArgumentError, match=r"returned -2\.0; .*Optuna"):
        GridSearch({"x": 0}, {"x": [1]}, constraints=lambda c: c.x - 3.0, storage=storage)
    with caplog.at_level(logging.WARNING):
        GridSearch(Settings(), {"training.lrr": [1]}, storage=storage)
    assert "Did you mean 'training.lr'?" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_a_single_constraint() -> None:
    search = GridSearch({"x": 0}, {"x": [1, 2, 3]}, constraints=lambda c: c.x != 2)
    assert len(search) == 2


def test_a_constraint_that_returns_a_number_for_some_configurations(tmp_path: Path) -> None:
    search = GridSearch(
        {"x": 0},
        {"x": [1, 2, 3]},
        constraints=[lambda config: True if config.x < 3 else 0.5],
        storage=f"sqlite:///{tmp_path}/search.db",
        random_state=0,
    )
    with pytest.raises(SearchArgumentError, match=r"returned 0\.5"):
        search.run(score, verbose=False)
