"""A space or constraints that change: nothing runs twice, nothing is missed or left over."""

from __future__ import annotations

from pathlib import Path

import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from frameworm import GridSearch, Integer, QuasiRandomSearch, RandomSearch, Real
from frameworm.errors import StudyMismatchError
from frameworm.trial.state import TrialState
from frameworm_optuna.plan.replan import plan_change, plan_digest
from frameworm_optuna.translate.distributions import to_distribution

BASE = {"x": 0, "y": 0}
AXES = {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4]}


def grid(url: str | JournalStorage, most: int | None, axes=AXES, **options) -> GridSearch:
    constraints = () if most is None else (lambda config: config.x * config.y <= most,)
    return GridSearch(
        BASE,
        axes,
        storage=url,
        study_name="s",
        random_state=0,
        constraints=constraints,
        **options,
    )


class Runs:
    """Notes the points that are run, and stops the search after a number of them."""

    def __init__(self, most: int = 10**9) -> None:
        self.points: list[tuple[int, int]] = []
        self.most = most

    def __call__(self, config):
        if len(self.points) == self.most:
            raise KeyboardInterrupt
        self.points.append((config.x, config.y))
        return {"val_loss": config.x - config.y}


@pytest.fixture(params=["sqlite", "journal"])
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    return {"sqlite": f"sqlite:///{tmp_path}/s.db", "journal": f"journal:///{tmp_path}/s.log"}[
        request.param
    ]


@pytest.mark.parametrize(("first", "then"), [(4, 8), (8, 4), (4, None), (None, 4)])
def test_a_changed_constraint_runs_each_point_of_the_new_grid_once(
    url: str, first: int | None, then: int | None
) -> None:
    runs = Runs()
    grid(url, first).run(runs, verbose=False)
    found = grid(url, then)
    found.run(runs, verbose=False)
    expected = {(x, y) for x in AXES["x"] for y in AXES["y"] if x * y <= (then or 99)}
    earlier = {(x, y) for x in AXES["x"] for y in AXES["y"] if x * y <= (first or 99)}
    assert len(runs.points) == len(set(runs.points))
    assert set(runs.points) == expected | earlier


def test_waiting_points_that_are_ruled_out_are_withdrawn(url: str) -> None:
    runs = Runs(most=2)
    with pytest.raises(KeyboardInterrupt):
        grid(url, None).run(runs, verbose=False)
    runs.most = 99
    found = grid(url, 4)
    found.run(runs, verbose=False)
    assert all(x * y <= 4 for x, y in runs.points[2:])
    errors = [result["error"] for result in found.results if result["state"] == "FAIL"]
    assert errors
    assert all("withdrawn" in error for error in errors)
    before = len(runs.points)
    found.run(runs, verbose=False, retry_failed=True)
    assert len(runs.points) == before, "what was withdrawn is not retried"
    wide = grid(url, None)
    wide.run(runs, verbose=False)
    assert len(runs.points) == len(set(runs.points)) == 16, "it runs when the grid has it again"


def test_extending_to_a_narrower_grid_does_not_run_what_was_planned_before(url: str) -> None:
    runs = Runs(most=2)
    with pytest.raises(KeyboardInterrupt):
        grid(url, None).run(runs, verbose=False)
    runs.most = 99
    grid(url, None, {"x": [1, 2], "y": [1, 2, 3, 4]}, extend=True).run(runs, verbose=False)
    assert all(x <= 2 for x, _ in runs.points[2:])
    assert {point for point in runs.points if point[0] <= 2} == {
        (x, y) for x in (1, 2) for y in (1, 2, 3, 4)
    }


@pytest.mark.parametrize("kind", [RandomSearch, QuasiRandomSearch])
def test_a_random_search_draws_its_waiting_trials_anew(url: str, kind) -> None:
    def search(high: float, storage: str = url, name: str = "s", **options):
        space = {"x": Real(0, high), "y": Integer(1, 9)}
        return kind(
            BASE,
            space,
            n_trials=8,
            storage=storage,
            study_name=name,
            random_state=3,
            **options,
        )

    runs = Runs(most=3)
    with pytest.raises(KeyboardInterrupt):
        search(10.0).run(runs, verbose=False)
    runs.most = 99
    found = search(1.0, extend=True)
    found.run(runs, verbose=False)
    assert len(runs.points) == 8
    fresh = search(1.0, name="fresh")
    fresh.run(Runs(), verbose=False)
    narrow = [result["params"] for result in fresh.results]
    assert [result["params"] for result in found.results][3:] == narrow[3:]


def test_new_constraints_reach_the_waiting_trials_of_a_random_search(url: str) -> None:
    def search(**options):
        return RandomSearch(
            BASE,
            {"x": Integer(1, 99), "y": Integer(1, 9)},
            n_trials=12,
            storage=url,
            study_name="s",
            random_state=3,
            **options,
        )

    runs = Runs(most=3)
    with pytest.raises(KeyboardInterrupt):
        search().run(runs, verbose=False)
    runs.most = 99
    search(constraints=lambda config: config.x < 30).run(runs, verbose=False)
    assert len(runs.points) == 12
    assert all(x < 30 for x, _ in runs.points[3:])


def chunk(study) -> bool:
    """Write the next chunk of a study's plan, as the driver does that has opened it."""
    space = {name: to_distribution(each) for name, each in study.settings.space.items()}
    digest = plan_digest(study._planner, study.settings)
    return study._ledger.plan(space, study._planner.next_chunk, digest)


WIDE = {"x": list(range(30)), "y": list(range(30))}


def test_a_plan_that_another_driver_has_replaced_is_not_gone_on_with(url: str) -> None:
    slow = grid(url, None, WIDE)._open()
    assert chunk(slow)
    other = grid(url, None, {"x": [1, 2], "y": WIDE["y"]}, extend=True)._open()
    other.plan()
    assert not chunk(slow)
    waiting = [each for each in other.records() if each.state is TrialState.WAITING]
    assert {(each.params["x"], each.params["y"]) for each in waiting} == {
        (x, y) for x in (1, 2) for y in WIDE["y"]
    }
    assert len(waiting) == 60


@pytest.mark.parametrize("kind", [RandomSearch, QuasiRandomSearch])
def test_nor_is_that_of_a_random_search(url: str, kind) -> None:
    def opened(high: float, **options):
        space = {"x": Real(0, high), "y": Integer(1, 9)}
        options |= {"storage": url, "study_name": "s", "random_state": 3, "n_trials": 700}
        return kind(BASE, space, **options)._open()

    slow = opened(10.0)
    assert chunk(slow)
    other = opened(1.0, extend=True)
    assert not chunk(slow)
    other.plan()
    found = [each.params["x"] for each in other.records()]
    assert len(found) == 700
    assert max(found) <= 1.0


def test_trials_that_come_while_a_plan_is_changed_are_looked_at_too(url: str) -> None:
    slow = grid(url, None, WIDE)._open()
    narrow = grid(url, None, {"x": [1, 2], "y": WIDE["y"]}, extend=True)._open()
    change = plan_change(narrow._planner, narrow._points, narrow.settings)
    slow.enqueue({"x": 7, "y": 7})
    assert not narrow._ledger.restart_plan(change)
    assert not narrow._ledger.counts(None)[TrialState.FAIL]
    narrow.plan()
    assert narrow._ledger.counts(None)[TrialState.WAITING] == 61


@pytest.mark.parametrize("kind", [GridSearch, RandomSearch])
def test_who_plans_after_another_has_extended_the_space_is_told_so(url: str, kind) -> None:
    def opened(axis: list[int], **options):
        if kind is GridSearch:
            return grid(url, None, {"x": axis, "y": [1, 2]}, **options)._open()
        options |= {"storage": url, "study_name": "s", "random_state": 3, "n_trials": 9}
        space = {"x": Integer(axis[0], axis[-1]), "y": Integer(1, 9)}
        return RandomSearch(BASE, space, **options)._open()

    late = opened([1, 2])
    other = opened([3, 4], extend=True)
    other.plan()
    with pytest.raises(StudyMismatchError, match="another search space: x"):
        late.plan()
    waiting = [each for each in other.records() if each.state is TrialState.WAITING]
    assert waiting
    assert all(each.params["x"] >= 3 for each in waiting)


@pytest.mark.parametrize("then", [1, None])
def test_a_journal_that_ends_while_points_are_withdrawn_is_gone_on_with(
    tmp_path: Path, then: int | None
) -> None:
    def search(path: Path, most: int | None) -> GridSearch:
        storage = JournalStorage(JournalFileBackend(str(path)))
        return grid(storage, most, {"x": [1, 2], "y": [1, 2]})

    log = tmp_path / "whole.log"
    with pytest.raises(KeyboardInterrupt):
        search(log, None).run(Runs(most=1), verbose=False)
    before = len(log.read_bytes().splitlines())
    search(log, 1)._open().plan()
    lines = log.read_bytes().splitlines(keepends=True)
    # A kill leaves what was written so far.
    for end in range(before, len(lines) + 1):
        broken = tmp_path / f"{end}.log"
        broken.write_bytes(b"".join(lines[:end]))
        found = search(broken, then)
        found.run(Runs(), verbose=False)
        records = found._open().records()
        assert {each.state for each in records} <= {TrialState.COMPLETE, TrialState.FAIL}, end
        done = [each for each in records if each.state is TrialState.COMPLETE]
        points = [(each.params["x"], each.params["y"]) for each in done]
        assert len(points) == len(set(points)), end
        assert len(points) == 4 or then == 1, end
        assert not [each for each in done if each.error], end
