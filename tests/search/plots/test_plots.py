from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib import style
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from frameworm.errors import SearchArgumentError
from frameworm.search.plots import PlotTrials, canvas, draw_importance, new_axes, save
from frameworm.search.plots.axis import Categories, label_of
from frameworm.search.plots.scores import ScoreScale
from frameworm.search.plots.shades import Shades
from frameworm.search.space import Categorical
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState
from tests.search.drawing import LONG, analyzer, drawn, labels, many, relu, texts, trial

PLOTS = {
    "convergence": lambda a, **k: a.plot_convergence(**k),
    "distribution": lambda a, **k: a.plot_distribution(**k),
    "parameter": lambda a, **k: a.plot_parameter_vs_score("lr", **k),
    "categorical": lambda a, **k: a.plot_parameter_vs_score(LONG, **k),
    "heatmap": lambda a, **k: a.plot_heatmap("lr", "depth", **k),
    "contour": lambda a, **k: a.plot_contour("lr", "depth", **k),
    "parallel": lambda a, **k: a.plot_parallel_coordinates(**k),
}


def test_convergence_draws_each_score_and_the_best_so_far():
    ax = analyzer(trial(0, 0.5), trial(1), trial(2, 0.7), trial(3, 0.2)).plot_convergence()
    assert drawn(ax, "trial") == [[0, 0.5], [2, 0.7], [3, 0.2]]
    assert drawn(ax, "best so far") == [[0, 0.5], [1, 0.5], [2, 0.5], [3, 0.2]]
    assert drawn(ax, "best:") == [[3, 0.2]]
    assert "best: 0.2 (trial 3)" in labels(ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("trial", "val_loss")


def test_convergence_rises_where_more_is_better():
    ax = analyzer(trial(0, 0.5), trial(1, 0.7), trial(2, 0.2), mode="max").plot_convergence()
    assert drawn(ax, "best so far") == [[0, 0.5], [1, 0.7], [2, 0.7]]
    assert drawn(ax, "best:") == [[1, 0.7]]


def test_failed_and_pruned_trials_are_marked_at_the_bottom_and_counted():
    ax = analyzer(trial(0, 0.5), trial(1), trial(2), trial(3, 0.1, "PRUNED")).plot_convergence()
    assert [x for x, _ in drawn(ax, "2 failed")] == [1, 2]
    assert [x for x, _ in drawn(ax, "1 pruned")] == [3]
    assert all(0 < height < 0.1 for _, height in drawn(ax, "2 failed"))
    assert drawn(ax, "best:") == [[0, 0.5]]


def test_infinite_and_wild_scores_are_off_the_scale():
    scores = [1.0, 1.1, 1.2, 1.3, 1.4, 1e9, math.inf]
    ax = analyzer(*(trial(i, score) for i, score in enumerate(scores))).plot_convergence()
    assert ax.get_ylim()[1] < 2
    assert [x for x, _ in drawn(ax, "2 off the scale (to inf)")] == [5, 6]
    assert len(drawn(ax, "trial")) == 5


def test_scores_over_orders_of_magnitude_are_on_a_log_axis():
    ax = analyzer(*(trial(i, 10.0**-i) for i in range(6))).plot_convergence()
    assert ax.get_yscale() == "log"
    accuracy = [trial(i, 10.0**-i) for i in range(6)]
    assert analyzer(*accuracy, mode="max").plot_convergence().get_yscale() == "linear"


def test_parameter_on_the_scale_it_is_searched_on():
    found = analyzer(trial(0, 0.5, lr=1e-3), trial(1, 0.25, lr=1e-2))
    ax = found.plot_parameter_vs_score("lr")
    assert ax.get_xscale() == "log"
    assert drawn(ax, "trial") == [[1e-3, 0.5], [1e-2, 0.25]]
    assert drawn(ax, "best:") == [[1e-2, 0.25]]
    assert ax.get_xlabel() == "lr"
    assert found.plot_parameter_vs_score("depth").get_xscale() == "linear"


def test_categorical_parameter_has_readable_categories():
    ax = analyzer(*(trial(i, float(i)) for i in range(4))).plot_parameter_vs_score(LONG)
    shown = [" ".join(text.get_text().split()) for text in ax.get_xticklabels()]
    assert shown[:3] == ["(64, 64)", "relu", "[1, 2]"]
    assert "…" in shown[3]
    assert drawn(ax, "trial") == [[0, 0], [1, 1], [2, 2], [3, 3]]


def test_category_medians():
    trials = [trial(i, float(i), **{LONG: relu if i < 5 else (64, 64)}) for i in range(10)]
    ax = analyzer(*trials).plot_parameter_vs_score(LONG)
    medians = {round(float(np.mean(line.get_xdata()))): line.get_ydata()[0] for line in ax.lines}
    assert medians == {0: 7.0, 1: 2.0}
    assert labels(ax).count("median") == 1


def test_numbers_to_choose_from_are_in_rising_order():
    found = Categories.of([10, 1, 2, 99], Categorical([10, 2, 1]))
    assert found.labels == ["1", "2", "10", "99"]
    assert found.positions.tolist() == [2, 0, 1, 3]


def test_the_range_searched_is_shown_where_only_failed_trials_are_at_its_ends():
    ax = analyzer(trial(0, 0.5, lr=1e-3), trial(1, lr=0.09)).plot_parameter_vs_score("lr")
    low, high = ax.get_xlim()
    assert low <= 1e-5
    assert 0.1 <= high < 0.2
    assert drawn(ax, "1 failed")[0][0] == pytest.approx(0.09)


def test_trials_in_which_the_parameter_is_inactive_have_a_place_of_their_own():
    lacking = [TrialRecord(i, TrialState.COMPLETE, {}, values=(0.1 + i,)) for i in range(3)]
    ax = analyzer(*lacking, trial(3, 0.5)).plot_parameter_vs_score("lr")
    beside = [x for x, _ in drawn(ax, "trial") if x > 0.1]
    assert len(beside) == 3
    assert ax.get_xlim()[1] > max(beside)
    assert drawn(ax, "best:")[0][0] in beside
    assert "inactive" in texts(ax)
    assert any("inactive in 3" in text for text in texts(ax))
    assert max(ax.get_xticks()) <= 0.1 * 1.001
    ax = analyzer(*lacking, trial(3, 0.5)).plot_parameter_vs_score(LONG)
    assert ax.get_xticklabels()[-1].get_text() == "inactive"
    assert sum(round(x) == 4 for x, _ in drawn(ax, "trial")) == 3


def test_the_trend_follows_the_scores_and_not_their_noise():
    random = np.random.default_rng(0)
    units = random.uniform(0, 1, 200)
    trials = [
        trial(i, float((unit - 0.4) ** 2 + random.normal(0, 0.1)), lr=10.0 ** (-5 + 4 * unit))
        for i, unit in enumerate(units)
    ]
    line = np.array(drawn(analyzer(*trials).plot_parameter_vs_score("lr"), "median"))
    truth = ((np.log10(line[:, 0]) + 5) / 4 - 0.4) ** 2
    assert np.abs(line[:, 1] - truth).mean() < 0.03
    # A valley goes down and up once: little more than that is the way of the line.
    way = np.abs(np.diff(line[:, 1])).sum()
    assert way < 1.5 * (np.abs(np.diff(truth)).sum())


def test_the_trend_over_few_values_is_the_median_of_each():
    trials = [trial(i, float(i % 3), depth=1 + i % 3) for i in range(60)]
    ax = analyzer(*trials).plot_parameter_vs_score("depth")
    assert drawn(ax, "median") == [[1, 0], [2, 1], [3, 2]]
    assert len({x for x, _ in drawn(ax, "trial")}) == 60
    assert {round(x) for x, _ in drawn(ax, "trial")} == {1, 2, 3}


def test_an_unknown_parameter_is_refused_with_the_nearest():
    with pytest.raises(SearchArgumentError, match=r"no parameter 'depht'.*Did you mean 'depth'"):
        analyzer(trial(0, 0.5)).plot_parameter_vs_score("depht")
    with pytest.raises(SearchArgumentError, match="two different parameters"):
        analyzer(trial(0, 0.5)).plot_heatmap("lr", "lr")
    with pytest.raises(SearchArgumentError, match="no parameter 'x'"):
        analyzer().plot_heatmap("lr", "x")


def test_heatmap_shows_the_median_of_each_cell():
    space = {"a": Categorical(["x", "y"]), "b": Categorical([2, 1])}
    scores = [("x", 1, 3.0), ("x", 1, 5.0), ("x", 1, math.inf), ("y", 2, 7.0), ("y", 1, None)]
    trials = [
        TrialRecord(
            i,
            TrialState.FAIL if score is None else TrialState.COMPLETE,
            {"a": a, "b": b},
            values=None if score is None else (score,),
        )
        for i, (a, b, score) in enumerate(scores)
    ]
    ax = analyzer(*trials, space=space).plot_heatmap("a", "b")
    cells = ax.collections[0].get_array()
    assert np.ma.filled(cells, -1).tolist() == [[4.0, -1], [-1, 7.0]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["1", "2"]
    assert {"4", "7"} <= set(texts(ax))
    assert ax.figure.axes[1].get_ylabel() == "val_loss (lower is better)"


def test_heatmap_cuts_ranges_into_bins_that_hold_every_trial():
    found = analyzer(*many(200))
    ax = found.plot_heatmap("lr", "depth")
    cells = ax.collections[0].get_array()
    assert cells.shape == (8, 10)
    assert [text.get_text() for text in ax.get_xticklabels()][::10] == ["1e-05", "0.1"]


def test_a_heatmap_cuts_the_range_of_a_conditional_number_and_has_a_cell_without_it():
    random = np.random.default_rng(0)
    trials = []
    for i in range(40):
        params = {
            "depth": i % 8 + 1,
            **({"lr": 10 ** random.uniform(-5, -1)} if i % 4 == 0 else {}),
        }
        trials.append(TrialRecord(i, TrialState.COMPLETE, params, values=(float(i),)))
    ax = analyzer(*trials).plot_heatmap("lr", "depth")
    shown = [text.get_text() for text in ax.get_xticklabels()]
    assert (shown[0], shown[-2], shown[-1]) == ("1e-05", "0.1", "inactive")
    assert len(shown) < 8
    cells = ax.collections[0].get_array()
    assert np.isfinite(np.ma.filled(cells, np.nan)[:, -1]).sum() == 6


@pytest.mark.parametrize("mode", ["min", "max"])
def test_better_is_brighter_in_the_heatmap(mode):
    space = {"a": Categorical(["x", "y"]), "b": Categorical([1])}
    trials = [
        TrialRecord(i, TrialState.COMPLETE, {"a": a, "b": 1}, values=(float(i),))
        for i, a in enumerate("xy")
    ]
    ax = analyzer(*trials, space=space, mode=mode).plot_heatmap("a", "b")
    mesh = ax.collections[0]
    bright = [sum(mesh.to_rgba(value)[:3]) for value in (0.0, 1.0)]
    assert bright.index(max(bright)) == (0 if mode == "min" else 1)


def test_distribution_counts_every_finite_score():
    scores = [0.1, 0.2, 0.2, 0.3, 0.9, math.inf]
    ax = analyzer(*(trial(i, s) for i, s in enumerate(scores)), trial(6)).plot_distribution()
    assert sum(bar.get_height() for bar in ax.patches) == 5
    assert labels(ax) == ["best 0.1", "median 0.2"]
    assert "1 off the scale (to inf)" in texts(ax)[0]


def test_a_distribution_with_one_good_score_far_away_is_drawn():
    trials = [trial(i, 1.0 + i * 1e-9) for i in range(50)]
    ax = analyzer(*trials, trial(50, -1e12)).plot_distribution()
    assert sum(bar.get_height() for bar in ax.patches) == 51


def test_a_distribution_of_eighty_scores_has_bars_enough_to_see_its_shape():
    scores = np.random.default_rng(0).uniform(1, 2, 80).tolist()
    ax = analyzer(*(trial(i, s) for i, s in enumerate(scores))).plot_distribution()
    assert 8 <= len(ax.patches) <= 12


def importance_axes(shares, trials=(), problems=None):
    ax = new_axes()
    found = analyzer(*trials).results
    shares = {"val_loss": shares} if shares else {}
    draw_importance(
        ax, PlotTrials.of(found), shares=shares, evaluator="ped-anova", problems=problems or {}
    )
    return ax


def test_importance_has_the_largest_bar_at_the_top_and_says_what_it_is_from():
    ax = importance_axes({"depth": 0.25, LONG: 0.75}, many(100))
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.25]
    assert ax.yaxis_inverted()
    shown = [text.get_text() for text in ax.get_yticklabels()]
    assert len(shown[0]) == 32
    assert shown[1] == "depth"
    assert "PED-ANOVA, 80 complete trials" in texts(ax)
    assert "val_loss" in ax.get_xlabel()


def test_importance_says_why_it_cannot_be_told():
    ax = importance_axes(
        {}, [trial(0, 0.5)], problems={"val_loss": "Importance needs at least 2 trials."}
    )
    assert "Importance needs at least 2 trials." in texts(ax)
    assert any("1 complete trial; too few" in text for text in texts(ax))
    assert not ax.patches


def test_importance_of_too_few_trials_is_a_message_and_of_a_wrong_evaluator_an_error():
    ax = analyzer(trial(0, 0.5)).plot_parameter_importance()
    assert any("at least 2 complete trials" in text for text in texts(ax))
    with pytest.raises(SearchArgumentError, match="evaluator is"):
        analyzer(trial(0, 0.5)).plot_parameter_importance(evaluator="guess")


def test_importance_of_scores_that_do_not_differ_is_not_told():
    found = analyzer(*(trial(i, 0.5, lr=10.0 ** (-1 - i / 10)) for i in range(40)))
    ax = found.plot_parameter_importance()
    assert any(
        "val_loss is 0.5 in all 40 complete trials" in " ".join(t.split()) for t in texts(ax)
    )
    assert not ax.patches


def test_importance_is_told_for_each_metric():
    random = np.random.default_rng(0)
    points = [(10 ** random.uniform(-5, -1), int(random.integers(1, 9))) for _ in range(200)]
    trials = [
        trial(i, (math.log10(lr), float(depth)), lr=lr, depth=depth)
        for i, (lr, depth) in enumerate(points)
    ]
    found = analyzer(*trials, further=[("latency", "max")])
    assert found.importance().index[0] == "lr"
    assert found.importance(metric="latency").index[0] == "depth"
    ax = found.plot_parameter_importance()
    assert labels(ax) == ["val_loss", "latency"]
    assert ax.get_title(loc="left") == "What matters for val_loss and latency"
    ax = found.plot_parameter_importance(metric="latency")
    assert ax.get_yticklabels()[0].get_text() == "depth"
    assert "latency" in ax.get_xlabel()
    with pytest.raises(
        SearchArgumentError, match=r"metric is one of .*val_loss, latency; got 'los'"
    ):
        found.plot_parameter_importance(metric="los")


def test_importance_names_the_parameters_it_cannot_rank():
    trials = [
        TrialRecord(
            i,
            TrialState.COMPLETE,
            {"lr": 10.0 ** (-1 - i / 20), **({"depth": i % 8 + 1} if i % 2 else {})},
            values=(float(i),),
        )
        for i in range(60)
    ]
    ax = analyzer(*trials).plot_parameter_importance(evaluator="mdi")
    assert any("not in every trial: depth" in text for text in texts(ax))


@pytest.mark.parametrize("name", PLOTS)
def test_each_plot_draws_the_metric_asked_for(name):
    trials = [
        trial(i, (float(i % 7), 100.0 - i), lr=10.0 ** (-1 - i / 20), depth=i % 8 + 1)
        for i in range(40)
    ]
    ax = PLOTS[name](analyzer(*trials, further=[("latency", "min")]), metric="latency")
    shown = [ax.get_title(loc="left"), ax.get_ylabel(), ax.get_xlabel()]
    assert any("latency" in text for text in shown)
    assert not any("val_loss" in text for text in shown)


def test_importance_of_many_parameters_shows_the_first_twenty():
    ax = importance_axes({f"p{i}": 1 / (i + 1) for i in range(50)})
    assert len(ax.patches) == 20
    assert "30 less important not shown" in ax.get_xlabel()


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("count", [1, 10, 1000])
def test_every_plot_is_drawn_with_few_and_many_trials(name, count, tmp_path, recwarn):
    ax = PLOTS[name](analyzer(*many(count)), save_path=tmp_path / "new" / "plot.png")
    assert (tmp_path / "new" / "plot.png").stat().st_size > 5000
    assert ax.get_title(loc="left")
    assert not [str(warning.message) for warning in recwarn]


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ([], "No trial has finished yet."),
        ([trial(0), trial(1, state="PRUNED")], r"(2 trials: 1 failed, 1 pruned)"),
        ([trial(0, math.nan)], "No trial is complete"),
        ([trial(0, math.inf), trial(1, -math.inf)], "Every val_loss is infinite"),
    ],
)
def test_without_scores_the_axes_say_so(name, trials, words, tmp_path):
    ax = PLOTS[name](analyzer(*trials), save_path=tmp_path / "plot.png")
    assert any(words in text for text in texts(ax))


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("score", [0.5, 0.0, -3.0, 1e300, 5e-324, 1e9])
def test_equal_scores_are_drawn(name, score, tmp_path):
    path = tmp_path / "plot.png"
    PLOTS[name](analyzer(*(trial(i, score) for i in range(3))), save_path=path)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("name", PLOTS)
def test_a_legend_entry_never_lies_over_the_axes(name, tmp_path):
    ax = PLOTS[name](analyzer(*many(200), trial(200, math.inf)))
    save(ax, tmp_path / "plot.png")
    if ax.get_legend() is not None:
        legend = ax.get_legend().get_window_extent()
        assert legend.y0 >= ax.get_window_extent().y1 - 2
        assert legend.x1 <= ax.figure.bbox.x1


def test_drawing_the_same_results_twice_gives_the_same_picture(tmp_path):
    for name in ("a.png", "b.png"):
        analyzer(*many(50)).plot_parameter_vs_score(LONG, save_path=tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("layout", ["constrained", "tight"])
def test_plots_keep_their_size_in_a_figure_of_ones_own(layout):
    figure, axes = Figure(figsize=(9, 7), layout=layout), []
    for place, name in enumerate(("convergence", "parameter", "contour", "parallel"), 1):
        axes.append(figure.add_subplot(2, 2, place))
        PLOTS[name](analyzer(*many(200)), ax=axes[-1])
    figure.draw_without_rendering()
    for ax in axes:
        extent = ax.get_window_extent()
        assert extent.height > 0.4 * figure.bbox.height / 2
        assert extent.width > 0.5 * figure.bbox.width / 2
        legend = ax.get_legend().get_window_extent()
        assert legend.x1 < figure.bbox.x1
        assert legend.y1 < figure.bbox.y1


def brightness(color):
    red, green, blue = to_rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("name", PLOTS)
def test_lines_and_text_are_seen_on_a_dark_background(name):
    with style.context("dark_background"):
        ax = PLOTS[name](analyzer(*many(200)))
        paper = brightness(ax.get_facecolor())
        assert paper < 0.3
        for line in ax.lines:
            assert brightness(line.get_color()) > paper + 0.3
        for text in ax.texts:
            box = text.get_bbox_patch()
            is_over_cells = name == "heatmap"
            assert is_over_cells or brightness(text.get_color()) > paper + 0.3
            assert box is None or brightness(box.get_facecolor()) < 0.3
        if ax.get_legend() is not None:
            assert all(brightness(t.get_color()) > 0.7 for t in ax.get_legend().get_texts())


def test_saving_from_a_subfigure_saves_the_whole(tmp_path):
    figure = Figure()
    left, _ = figure.subfigures(1, 2)
    analyzer(trial(0, 0.5)).plot_convergence(tmp_path / "plot.pdf", ax=left.add_subplot())
    assert (tmp_path / "plot.pdf").read_bytes().startswith(b"%PDF")


def test_an_unknown_picture_format_is_refused(tmp_path):
    with pytest.raises(SearchArgumentError, match=r"save_path ends in a format .*plot\.xyz"):
        analyzer(trial(0, 0.5)).plot_convergence(tmp_path / "plot.xyz")


@pytest.mark.parametrize(
    ("value", "expected"),
    [((64, 64), "(64, 64)"), (relu, "relu"), (0.1 + 0.2, "0.3"), ("", "''"), (None, "None")],
)
def test_labels(value, expected):
    assert label_of(value) == expected


def test_score_scale_keeps_every_score_without_outliers():
    scores = np.array([1.0, 2.0, 3.0, np.nan])
    assert ScoreScale.of(scores, "min") == ScoreScale(1.0, 3.0, log=False)
    assert ScoreScale.of(np.array([np.inf]), "min") is None


@pytest.mark.parametrize(("worst", "log"), [(7.0, False), (9.0, True)])
def test_scores_are_logarithmic_where_they_differ_by_eight_times(worst, log):
    scores = np.linspace(1, worst, 50)
    assert ScoreScale.of(np.concatenate([scores, [1.0] * 5, [worst] * 5]), "min").log is log


def test_the_colours_are_okabe_and_itos():
    assert [to_hex(color) for color in (Shades().blue, canvas.ORANGE, canvas.VERMILLION)] == [
        "#0072b2",
        "#e69f00",
        "#d55e00",
    ]
