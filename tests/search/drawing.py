"""Searches to draw, and what is on the axes, for the tests of plots and reports."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from frameworm.search.analysis.analyzer import SearchAnalyzer
from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.results import SearchResults
from frameworm.search.space import Categorical, Integer, Real
from frameworm.trial.goals import Goals
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

START = datetime(2026, 5, 1, 9)

LONG = "model.encoder.block.attention.number_of_hidden_units_in_each_layer"

EVIL = "</script><script>window.evil = 1</script><img src=x onerror='window.evil=1'>"


def relu(x): ...


SPACE = {
    "lr": Real(1e-5, 1e-1, log=True),
    "depth": Integer(1, 8),
    LONG: Categorical(
        [(64, 64), relu, [1, 2], "a choice with a name that nobody reads to its end"]
    ),
}


def trial(number, score=None, state=None, facts=None, **params):
    found = TrialState(state or ("FAIL" if score is None else "COMPLETE"))
    known = {"lr": 1e-4, "depth": 1 + number % 8, LONG: SPACE[LONG].choices[number % 4]}
    values = None if score is None else score if isinstance(score, tuple) else (score,)
    return TrialRecord(number, found, {**known, **params}, values=values, **(facts or {}))


def ran(start, end, worker="host:1"):
    """The facts of a trial that ran from one second to another."""
    return {
        "started_at": START + timedelta(seconds=start),
        "finished_at": START + timedelta(seconds=end),
        "worker": worker,
    }


def curve(*values, first=1):
    return {"intermediate": dict(enumerate(values, first))}


def analyzer(*trials, mode="min", metric="val_loss", further=(), space=SPACE, **more):
    goals = Goals([(metric, mode), *further])
    return SearchAnalyzer(SearchResults(list(trials), StudyFacts(goals, space, **more)))


def many(count, seed=0):
    random = np.random.default_rng(seed)
    for number in range(count):
        params = {key: dimension.sample(random) for key, dimension in SPACE.items()}
        state = "FAIL" if number % 10 == 9 else "PRUNED" if number % 10 == 8 else "COMPLETE"
        score = random.normal(1, 0.1) if state == "COMPLETE" else None
        facts = {
            **ran(number // 2 * 3, number // 2 * 3 + 2.5, f"host:{number % 2}"),
            **curve(*(1 + math.exp(-step) for step in range(3 if score is None else 9))),
            "error": f"Traceback\nValueError: bad <b>{number % 3}" if state == "FAIL" else None,
        }
        yield trial(number, score, state, facts, **params)


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def drawn(ax, label):
    """The points of the dots or the line whose legend entry starts with a label."""
    for handle, text in zip(*ax.get_legend_handles_labels(), strict=True):
        if text.startswith(label):
            points = handle.get_offsets() if hasattr(handle, "get_offsets") else handle.get_xydata()
            return np.asarray(points).tolist()
    raise AssertionError(f"no {label!r} among {labels(ax)}")


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def evil():
    """A search whose every name and value is markup."""
    trials = [
        trial(0, 0.5, facts=ran(0, 1), **{EVIL: EVIL}),
        trial(1, 0.7, facts=ran(1, 2), **{EVIL: "adam"}),
        trial(2, facts={**ran(2, 3), "error": f"Traceback\nValueError: {EVIL}"}, **{EVIL: "adam"}),
    ]
    facts = {"study_name": EVIL, "base_config": {"name": EVIL}, "strategy": EVIL}
    return analyzer(*trials, metric=EVIL, **facts)


def collections(ax, label):
    """The lines or bars whose legend entry starts with a label."""
    return [
        found
        for found in ax.collections
        if isinstance(found, (LineCollection, PolyCollection))
        and str(found.get_label()).startswith(label)
    ]


MORE = [("latency", "min"), ("accuracy", "max"), ("size", "min")]


def objectives(*values, count=2, **more):
    """A search with a trial for each tuple of values, of two or more metrics."""
    trials = [trial(i, value) for i, value in enumerate(values)]
    return analyzer(*trials, further=MORE[: count - 1], **more)
