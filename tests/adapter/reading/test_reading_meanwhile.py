"""Who reads a study while it is being worked off sees each trial whole, or as not yet finished."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from frameworm.search import RandomSearch, Real
from frameworm.search.results.frame import trials_frame
from frameworm.search.results.from_study import study_results
from frameworm.search.study.backend import Study
from frameworm.search.study.entry_point import find_backend
from frameworm.trial.outcome import Outcome
from frameworm.trial.spec import TrialSpec
from frameworm.trial.state import TrialState


@contextlib.contextmanager
def between_two_statements(number: int, change: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Make a change to the database from outside after a number of a reader's statements."""
    seen = 0

    def note(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            change()

    sa.event.listen(sa.Engine, "after_cursor_execute", note)
    try:
        yield lambda: seen >= number
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", note)


@pytest.mark.parametrize("way", ["columns", "records"])
def test_a_trial_that_ends_while_it_is_read_is_there_whole_or_not(tmp_path: Path, way: str) -> None:
    statement = 1
    while _reads_whole(f"sqlite:///{tmp_path}/{statement}.db", way, statement):
        statement += 1
    assert statement > 4, "a read takes several statements"


def _reads_whole(url: str, way: str, statement: int) -> bool:
    """Finish a trial after one of a read's statements; return whether it has so many."""
    space = {"training.lr": Real(0.0, 1.0)}
    search = RandomSearch(
        {"training": {"lr": 0.1}}, space, n_trials=5, random_state=2, storage=url, study_name="s"
    )
    writer = search._open()
    writer.plan()
    claimed = writer.exchange([], 2).specs
    outcome = Outcome(TrialState.COMPLETE, (0.25,), {"val_loss": 0.25})
    writer.exchange([(claimed[0], outcome)], 0)
    reader = find_backend().load(url, "s")
    with between_two_statements(statement, lambda: _finish(writer, claimed[1], outcome)) as is_done:
        if way == "columns":
            columns = reader.columns()
            assert columns is not None
            frame = trials_frame(columns, space=space, metric="val_loss")
        else:
            records = reader.records()
            assert len(records) == 5
            for record in records:
                assert (record.state is TrialState.COMPLETE) == (record.values is not None)
                assert (record.state is TrialState.COMPLETE) == (record.finished_at is not None)
            frame = study_results(reader).to_frame()
    assert len(frame) in (1, 2)
    assert (frame["score"] == 0.25).all()
    assert (frame["metrics.val_loss"] == 0.25).all()
    assert frame["training.lr"].notna().all()
    writer.close()
    reader.close()
    return is_done()


def _finish(writer: Study, spec: TrialSpec, outcome: Outcome) -> None:
    writer.exchange([(spec, outcome)], 0)
