from __future__ import annotations

import math
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from frameworm.errors import ResultsFileError, SearchArgumentError
from frameworm.search.analysis import SearchAnalyzer
from frameworm.search.backend import TrialRecord, TrialState
from frameworm.search.results import SearchResults
from frameworm.search.results_file import save_results
from frameworm.search.space import Real

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
    facts = {"metric": "val_loss", "space": {"lr": Real(0, 1)}, "base_config": {}}
    return SearchResults(records, mode=mode, **{**facts, **more})


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
