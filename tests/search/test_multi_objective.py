"""Several metrics: the Pareto front instead of one best trial, on an ordinary Optuna study."""

from __future__ import annotations

import optuna
import pytest

from frameworm.errors import MetricError, NoResultError, SearchArgumentError
from frameworm.search import BayesianSearch, GridSearch, RandomSearch, Real, SearchAnalyzer
from frameworm.search.results.from_study import load_results_from_storage

BASE = {"a": {"x": 0.5, "y": 0.5}}
SPACE = {"a.x": Real(0, 1), "a.y": Real(0, 1)}
METRICS, MODES = ["val_loss", "accuracy"], ["min", "max"]


def train(config) -> dict[str, float]:
    return {"val_loss": config.a.x, "accuracy": config.a.x * (1 - config.a.y), "size": 3}


def search(url: str, kind: type = RandomSearch, **options):
    found = kind(BASE, SPACE, METRICS, MODES, storage=url, random_state=1, n_trials=30, **options)
    found.run(train, verbose=False)
    return found


@pytest.mark.parametrize(
    "options", [{}, {"sampler": "nsgaii"}, pytest.param({"sampler": "gp"}, marks=pytest.mark.slow)]
)
def test_the_front_is_the_one_optuna_finds(url: str, options: dict) -> None:
    kind = BayesianSearch if options else RandomSearch
    found = search(url, kind, study_name="s", **options)
    study = optuna.load_study(storage=url, study_name="s")
    assert study.metric_names == METRICS
    assert [d.name for d in study.directions] == ["MINIMIZE", "MAXIMIZE"]
    front = found.pareto_front
    assert sorted(r.number for r in front) == sorted(t.number for t in study.best_trials)
    assert list(front.df["trial_idx"]) == [record.number for record in front]
    assert front.df.columns.tolist() == found.results.to_frame().columns.tolist()
    assert [config["a.x"] for config in front.configs] == [r.params["a.x"] for r in front]


def test_run_returns_the_fronts_configurations_and_values(url: str) -> None:
    found = RandomSearch(BASE, SPACE, METRICS, MODES, n_trials=10, storage=url)
    configs, values = found.run(train, verbose=False)
    assert [train(config)["val_loss"] for config in configs] == [value[0] for value in values]
    assert len(configs) == len(found.pareto_front) > 0


def test_best_config_explains_what_to_use(url: str) -> None:
    found = search(url)
    with pytest.raises(NoResultError, match=r"several objectives .*pareto_front"):
        _ = found.best_config


def test_it_is_saved_loaded_and_resumed(url: str, tmp_path) -> None:
    found = search(url, study_name="s")
    found.save_results(tmp_path / "r.json")
    other = RandomSearch(BASE, SPACE)
    other.load_results(tmp_path / "r.json")
    assert other.goals == (("val_loss", "min"), ("accuracy", "max"))
    assert other.pareto_front.records == found.pareto_front.records
    again = RandomSearch.resume("s", url)
    assert again.goals == found.goals
    assert load_results_from_storage(url, "s").goals == found.goals


def test_a_grid_with_one_mode_for_all(url: str) -> None:
    grid = GridSearch(BASE, {"a.x": [0.1, 0.9], "a.y": [0.2, 0.8]}, METRICS, "max", storage=url)
    grid.run(train, verbose=False)
    assert [record.params for record in grid.pareto_front] == [{"a.x": 0.9, "a.y": 0.2}]


def test_patience_counts_trials_that_do_not_move_the_front(url: str) -> None:
    found = RandomSearch(BASE, SPACE, METRICS, MODES, n_trials=50, storage=url)
    found.run(
        lambda config: {"val_loss": 1, "accuracy": 1}, verbose=False, early_stopping_patience=5
    )
    assert found.stop_reason == "early_stopping"
    assert len(found.results) == 6


@pytest.mark.parametrize(
    ("metric", "mode"),
    [
        ([], "min"),
        (["a", "a"], "min"),
        (["a", "b"], ["min"]),
        (["a", "b"], ["min", "up"]),
        (3, "min"),
    ],
)
def test_metrics_and_modes_that_do_not_fit_are_refused(metric, mode) -> None:
    with pytest.raises(SearchArgumentError, match=r"metric|mode"):
        RandomSearch(BASE, SPACE, metric, mode)


def test_rules_for_one_metric_are_refused_with_several(url: str) -> None:
    with pytest.raises(SearchArgumentError, match="pruner"):
        RandomSearch(BASE, SPACE, METRICS, MODES, pruner="asha")
    with pytest.raises(SearchArgumentError, match="target"):
        RandomSearch(BASE, SPACE, METRICS, MODES, storage=url).run(train, target=0.5)


def test_a_missing_second_metric_is_an_error_at_once(url: str) -> None:
    found = RandomSearch(BASE, SPACE, ["val_loss", "accurracy"], MODES, storage=url)
    with pytest.raises(MetricError, match="Did you mean 'accuracy'"):
        found.run(train, verbose=False)


def test_a_summary_says_the_best_of_each_metric(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = search(url)
    analyzer = SearchAnalyzer(found)
    frame = analyzer.df
    least, most = frame["metrics.val_loss"].idxmin(), frame["metrics.accuracy"].idxmax()
    assert analyzer.summary().best_of == {
        "val_loss": (frame["metrics.val_loss"].min(), least),
        "accuracy": (frame["metrics.accuracy"].max(), most),
    }
    analyzer.print_summary()
    printed = " ".join(capsys.readouterr().out.split())
    assert "val_loss (lower is better), accuracy (higher is better)" in printed
    assert f"best accuracy {frame['metrics.accuracy'].max():.6g} (trial {most})" in printed
    assert "median of val_loss" in printed
