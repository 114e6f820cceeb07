"""A grid that is planned beside other trials looks at these once, not once a chunk."""

from __future__ import annotations

import optuna
import pytest

from frameworm.search import GridSearch
from frameworm_optuna.plan.seen_points import SeenPoints
from frameworm_optuna.plan.study_points import StudyPoints

SPACE = {"a": list(range(50)), "b": list(range(25)), "c": [0, 1]}


def test_others_points_are_read_once_for_a_whole_plan(tmp_path, monkeypatch) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    looks = []
    evaluated = StudyPoints.evaluated
    monkeypatch.setattr(StudyPoints, "evaluated", lambda self: looks.append(1) or evaluated(self))
    grid = GridSearch({}, SPACE, "v", storage=url, study_name="s")
    grid.enqueue({"a": 49, "b": 24, "c": 1})
    grid.run(lambda c: 1.0, verbose=False, target=2.0)
    study = optuna.load_study(study_name="s", storage=url)
    assert len(study.get_trials(deepcopy=False)) == 2500
    points = {
        tuple(sorted(trial.system_attrs.get("fixed_params", trial.params).items()))
        for trial in study.get_trials(deepcopy=False)
    }
    assert len(points) == 2500
    assert len(looks) == 1


@pytest.mark.parametrize(
    ("then", "looks"),
    [((11, 10), 1), ((12, 10), 2), ((11, 0), 2)],
    ids=["nobody else", "somebody added one", "planned anew"],
)
def test_a_look_is_taken_whenever_others_may_have_added(then: tuple[int, int], looks: int) -> None:
    taken = []
    seen = SeenPoints(lambda: taken.append(1) or set())
    seen.at(1, 0)
    seen.expect(11, 10)
    seen.at(*then)
    assert len(taken) == looks
