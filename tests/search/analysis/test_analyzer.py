from __future__ import annotations

import math
import subprocess
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace

import optuna
import pytest

from frameworm.errors import (
    NoResultError,
    ResultsFileError,
    SearchArgumentError,
    StudyNotFoundError,
)
from frameworm.search import RandomSearch
from frameworm.search.analysis.analyzer import SearchAnalyzer
from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.file import save_results
from frameworm.search.results.results import SearchResults
from frameworm.search.space import Real
from frameworm.trial.goals import Goals
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

START = datetime(2024, 5, 1)


def results(scores, mode="min", **more):
    records = [
        TrialRecord(
            number,
            TrialState.FAIL if score is None else TrialState.COMPLETE,
            {"lr": 0.1 * number},
            values=None if score is None else (score,),
            error="boom" if score is None else None,
            started_at=START + timedelta(seconds=10 * number),
            finished_at=START + timedelta(seconds=10 * number + 4),
        )
        for number, score in enumerate(scores)
    ]
    facts = StudyFacts(Goals.of("val_loss", mode), {"lr": Real(0, 1)}, **more)
    return SearchResults(records, facts)


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: SimpleNamespace(results=r)])
def test_results_and_searches_are_sources(wrap):
    found = results([0.5])
    assert SearchAnalyzer(wrap(found)).results is found


def test_a_saved_file_is_a_source(tmp_path):
    save_results(results([0.5, 0.2]), tmp_path / "r.json")
    assert SearchAnalyzer(tmp_path / "r.json").results == results([0.5, 0.2])
    assert SearchAnalyzer(str(tmp_path / "r.json")).results == results([0.5, 0.2])
    with pytest.raises(ResultsFileError, match="no file"):
        SearchAnalyzer("nowhere.json")


def test_a_plain_list_is_a_source():
    dicts = [{"config": {"lr": 1.0}, "score": 0.5}, {"config": {"lr": 2.0}, "score": 0.7}]
    analyzer = SearchAnalyzer(dicts, mode="max", metric="acc")
    assert analyzer.results.best_params == {"lr": 2.0}
    assert analyzer.results.metric == "acc"
    assert SearchAnalyzer(dicts).results.best_params == {"lr": 1.0}


def study(url, name="s"):
    def objective(trial):
        trial.report(1.0, 1)
        return trial.suggest_float("lr", 0, 1)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    found = optuna.create_study(storage=url, study_name=name)
    found.optimize(objective, n_trials=3)
    return found


def test_an_optuna_study_a_storage_and_a_search_are_sources(url):
    found = study(url)
    expected = found.best_value
    assert SearchAnalyzer(found).results.best_score == expected
    assert SearchAnalyzer(url).results.best_score == expected
    assert SearchAnalyzer(url, "s").df["lr"].tolist() == [t.params["lr"] for t in found.trials]
    assert SearchAnalyzer(found._storage, study_name="s").results.best_score == expected
    search = RandomSearch(
        {"lr": 1.0}, {"lr": Real(0, 1)}, n_trials=3, storage=url, study_name="ours"
    )
    search.run(lambda config: {"val_loss": config.lr}, verbose=False)
    assert SearchAnalyzer(search).results is search.results
    assert (
        SearchAnalyzer(search.study).df["score"].tolist()
        == SearchAnalyzer(search).df["score"].tolist()
    )
    with pytest.raises(StudyNotFoundError, match="'ours'"):
        SearchAnalyzer(url, "our")


@pytest.mark.parametrize("evaluator", ["ped-anova", "fanova", "mdi"])
def test_importance_finds_what_matters(evaluator):
    dicts = [
        {"params": {"lr": i / 40, "seed": (i * 7 % 40) / 40}, "score": (i / 40) ** 2}
        for i in range(40)
    ]
    shares = SearchAnalyzer(dicts).importance(evaluator)
    assert list(shares.index) == ["lr", "seed"]
    assert shares["lr"] > 0.8
    assert shares.sum() == pytest.approx(1)
    assert (shares.name, shares.index.name, shares.dtype) == ("importance", "parameter", "float64")


def test_importance_is_told_once_and_not_shared():
    analyzer = SearchAnalyzer([{"params": {"lr": i}, "score": i} for i in range(9)])
    shares = analyzer.importance()
    shares["lr"] = 99
    assert analyzer.importance()["lr"] == 1


def test_importance_that_cannot_be_told_or_is_unknown_is_an_error():
    with pytest.raises(NoResultError, match="at least 2"):
        SearchAnalyzer(results([0.5])).importance()
    with pytest.raises(SearchArgumentError, match="evaluator is"):
        SearchAnalyzer(results([0.5, 0.6])).importance("guess")


def test_an_evaluator_whose_package_is_missing_says_what_to_install():
    code = (
        "import sys\n"
        "sys.modules['sklearn'] = None\n"
        "from frameworm.search import SearchAnalyzer\n"
        "a = SearchAnalyzer([{'params': {'x': i}, 'score': i} for i in range(9)])\n"
        "try:\n"
        "    a.importance('fanova')\n"
        "except ImportError as error:\n"
        "    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("MissingPackageError The evaluator 'fanova' needs scikit-learn")


def test_with_several_objectives_the_best_are_those_of_the_front(capsys):
    records = [
        TrialRecord(i, TrialState.COMPLETE, {"lr": 0.1 * i}, values=values)
        for i, values in enumerate([(3.0, 1.0), (1.0, 3.0), (3.0, 3.0), (2.0, 2.0)])
    ]
    facts = StudyFacts(Goals.of(["val_loss", "latency"], "min"), {"lr": Real(0, 1)})
    analyzer = SearchAnalyzer(SearchResults(records, facts))
    assert analyzer.get_best_n(9)["trial_idx"].tolist() == [1, 3, 0]
    summary = analyzer.summary()
    assert (summary.best_trial, summary.n_front, summary.median) == (None, 3, 2.5)
    analyzer.print_summary()
    printed = capsys.readouterr().out
    assert "Pareto front" in printed
    assert "3 trials" in printed


@pytest.mark.parametrize("source", [None, 7, {"a": 1}, SimpleNamespace(results=None)])
def test_other_sources_are_refused(source):
    with pytest.raises(SearchArgumentError, match=r"SearchAnalyzer takes search\.results, .*got"):
        SearchAnalyzer(source)


def test_mode_is_refused_where_the_source_knows_it():
    with pytest.raises(SearchArgumentError, match="knows its own"):
        SearchAnalyzer(results([0.5]), mode="max")


def test_df_is_made_once():
    analyzer = SearchAnalyzer(results([0.5]))
    assert analyzer.df is analyzer.df
    assert analyzer.df["lr"].tolist() == [0.0]


@pytest.mark.parametrize(("mode", "expected"), [("min", [4, 1, 3, 2, 5]), ("max", [2, 1, 3, 4, 5])])
def test_get_best_n_respects_the_mode(mode, expected):
    worst = math.inf if mode == "min" else -math.inf
    analyzer = SearchAnalyzer(results([None, 0.5, 0.7, 0.5, 0.1, worst, None], mode))
    assert analyzer.get_best_n(5)["trial_idx"].tolist() == expected
    assert analyzer.get_best_n(2)["trial_idx"].tolist() == expected[:2]
    assert analyzer.get_best_n(99).index.tolist() == [0, 1, 2, 3, 4]
    assert analyzer.get_best_n(1)["trial_idx"].tolist() == [analyzer.results.best.number]


def test_finite_comes_before_infinitely_good():
    assert SearchAnalyzer(results([-math.inf, 3.0])).get_best_n()["trial_idx"].tolist() == [1, 0]


def test_get_best_n_without_a_complete_trial_is_empty():
    assert SearchAnalyzer(results([None])).get_best_n().empty
    assert "score" in SearchAnalyzer(results([])).get_best_n()


@pytest.mark.parametrize("n", [0, -1, 1.5, "3", True])
def test_get_best_n_refuses_other_counts(n):
    with pytest.raises(SearchArgumentError, match="whole number n >= 1, got"):
        SearchAnalyzer(results([0.5])).get_best_n(n)


def test_summary():
    summary = SearchAnalyzer(results([1.0, None, 3.0, 8.0, math.inf])).summary()
    assert summary.counts == {"COMPLETE": 4, "FAIL": 1}
    assert (summary.best_trial, summary.best_score, summary.best_params) == (0, 1.0, {"lr": 0.0})
    assert (summary.mean, summary.median, summary.n_infinite) == (4.0, 3.0, 1)
    assert summary.std == pytest.approx(math.sqrt(13))
    assert (summary.trial_seconds, summary.median_seconds, summary.wall_seconds) == (20, 4, 44)


def test_summary_without_scores():
    summary = SearchAnalyzer(results([None])).summary()
    assert summary.best_score is summary.mean is summary.std is summary.best_trial is None
    assert SearchAnalyzer(results([])).summary().wall_seconds is None
    assert SearchAnalyzer(results([2.0])).summary().std is None


def test_print_summary_is_readable_in_a_pipe(capsys):
    analyzer = SearchAnalyzer(results([0.5, None, 0.25], study_name="demo [red]", strategy="grid"))
    analyzer.print_summary()
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert "Search demo [red] (grid)" in lines
    assert "trials 3: 2 COMPLETE, 1 FAIL" in lines
    assert "metric val_loss (lower is better)" in lines
    assert "best 0.25 (trial 2)" in lines
    assert "lr 0.2" in lines
    assert max(map(len, printed.splitlines())) <= 80


def test_print_summary_leaves_room_for_values_beside_long_names(capsys):
    name = "model.encoder.block.attention.number_of_hidden_units_in_each_layer"
    SearchAnalyzer([{"params": {name: 64}, "score": 0.5}]).print_summary()
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "best 0.5 (trial 0)" in lines


def test_print_summary_without_scores(capsys):
    SearchAnalyzer(results([])).print_summary()
    assert "no trial is complete" in capsys.readouterr().out


def test_every_plot_method_draws_on_given_axes_and_saves(tmp_path):
    from matplotlib.figure import Figure

    found = SearchResults.from_dicts(
        [{"params": {"a": i, "b": i % 2 / 3}, "score": float(i)} for i in range(6)]
    )
    analyzer = SearchAnalyzer(found)
    for name, args in [
        ("plot_convergence", ()),
        ("plot_distribution", ()),
        ("plot_parameter_vs_score", ("a",)),
        ("plot_heatmap", ("a", "b")),
    ]:
        axes = Figure().add_subplot()
        path = tmp_path / "new" / f"{name}.svg"
        assert getattr(analyzer, name)(*args, save_path=path, ax=axes) is axes
        assert path.read_text().startswith("<?xml")


def test_the_front_is_printed_best_first_with_what_matters(capsys):
    from tests.search.drawing import analyzer, trial

    trials = [
        trial(i, (x, 1000 - x), lr=10.0 ** -(1 + i % 4)) for i, x in enumerate([3.5, 1.25, 2])
    ]
    analyzer(*trials, further=[("latency", "min")]).print_summary()
    printed = capsys.readouterr().out
    rows = [line.split() for line in printed.splitlines() if "lr=" in line]
    assert [row[:3] for row in rows] == [
        ["1", "1.25", "998.75"],
        ["2", "2", "998"],
        ["0", "3.5", "996.5"],
    ]
    assert "- Best latency 996.5: trial 0, with val_loss 3.5." in printed
    assert max(map(len, printed.splitlines())) <= 80
