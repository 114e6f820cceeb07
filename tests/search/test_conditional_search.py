"""Conditional spaces and constraints: only what exists and is allowed is tried, once."""

from __future__ import annotations

import optuna
import pytest

from frameworm.errors import SpaceError
from frameworm.search import Categorical, GridSearch, RandomSearch, Real

BASE = {"m": {"opt": "sgd", "momentum": 0.9, "nesterov": False, "beta": 0.99, "width": 4}}
SPACE = {
    "m.opt": ["sgd", "adam"],
    "m.momentum": Categorical([0.0, 0.5], when={"m.opt": "sgd"}),
    "m.nesterov": Categorical([True, False], when={"m.momentum": 0.5}),
    "m.beta": Categorical([0.9, 0.99, 0.999], when={"m.opt": ["adam"]}),
}
EXISTING = [
    {"m.opt": "sgd", "m.momentum": 0.0},
    {"m.opt": "sgd", "m.momentum": 0.5, "m.nesterov": True},
    {"m.opt": "sgd", "m.momentum": 0.5, "m.nesterov": False},
    {"m.opt": "adam", "m.beta": 0.9},
    {"m.opt": "adam", "m.beta": 0.99},
    {"m.opt": "adam", "m.beta": 0.999},
]


def train(config) -> dict[str, float]:
    return {"val_loss": config.m.beta, "width": config.m.width}


def key(params: dict) -> str:
    return repr(sorted(params.items()))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_grid_holds_what_exists_once_each(url: str, n_jobs: int) -> None:
    search = GridSearch(BASE, SPACE, storage=url, study_name="s")
    assert len(search) == len(EXISTING)
    search.run(train, n_jobs=n_jobs, verbose=False)
    found = [result["params"] for result in search.results]
    assert sorted(map(key, found)) == sorted(map(key, EXISTING))


def test_inactive_parameters_leave_the_base_config_as_it_is(url: str) -> None:
    search = GridSearch(BASE, SPACE, storage=url)
    search.run(train, verbose=False)
    for result in search.results:
        model = result["config"]["m"]
        if model["opt"] == "sgd":
            assert model["beta"] == 0.99
        else:
            assert (model["momentum"], model["nesterov"]) == (0.9, False)


def test_a_conditional_grid_is_resumed_extended_and_rebuilt(url: str) -> None:
    search = GridSearch(BASE, SPACE, storage=url, study_name="s")
    search.run(train, verbose=False)
    again = GridSearch.resume("s", url)
    again.run(train, verbose=False)
    assert len(again.results) == 6
    wider = {**SPACE, "m.momentum": Categorical([0.0, 0.5], when={"m.opt": ["sgd", "adam"]})}
    grown = GridSearch(BASE, wider, storage=url, study_name="s", extend=True)
    grown.run(train, verbose=False)
    found = [key(result["params"]) for result in grown.results]
    assert len(found) == len(set(found))
    assert (
        sum(r["params"]["m.opt"] == "adam" and "m.momentum" in r["params"] for r in grown.results)
        == 9
    )


def test_plain_optuna_works_off_a_conditional_plan(url: str) -> None:
    search = GridSearch(BASE, SPACE, storage=url, study_name="s", random_state=1)
    with pytest.raises(KeyboardInterrupt):
        search.run(lambda config: (_ for _ in ()).throw(KeyboardInterrupt), verbose=False)

    def objective(trial: optuna.Trial) -> float:
        if trial.suggest_categorical("m.opt", ["sgd", "adam"]) == "adam":
            return trial.suggest_float("m.beta", 0.9, 0.999)
        if trial.suggest_float("m.momentum", 0.0, 0.5) == 0.5:
            trial.suggest_categorical("m.nesterov", [True, False])
        return 1.0

    study = optuna.load_study(storage=url, study_name="s")
    study.optimize(objective, n_trials=6)
    assert sorted(key(t.params) for t in study.trials) == sorted(map(key, EXISTING))


def test_random_draws_of_active_parameters_are_those_of_the_unconditional_space(url: str) -> None:
    conditional = {"m.opt": ["sgd", "adam"], "m.beta": Real(0.9, 1, when={"m.opt": "adam"})}
    free = {"m.opt": ["sgd", "adam"], "m.beta": Real(0.9, 1)}
    drawn = {}
    for name, space in (("conditional", conditional), ("free", free)):
        search = RandomSearch(
            BASE, space, n_trials=30, random_state=2, storage=url, study_name=name
        )
        search.run(train, verbose=False)
        drawn[name] = [result["params"] for result in search.results]
    for mine, whole in zip(drawn["conditional"], drawn["free"], strict=True):
        assert mine.items() <= whole.items()
        assert ("m.beta" in mine) == (whole["m.opt"] == "adam")


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"m.beta": Real(0, 1, when={"m.optt": "adam"})}, "no parameter of the space"),
        (
            {"m.opt": ["sgd"], "m.beta": Real(0, 1, when={"m.opt": "adam"})},
            "cannot be",
        ),
        (
            {
                "m.opt": Categorical(["sgd"], when={"m.beta": 0.5}),
                "m.beta": Real(0, 1, when={"m.opt": "sgd"}),
            },
            "circle: m.opt -> m.beta -> m.opt",
        ),
    ],
)
def test_conditions_that_cannot_hold_are_refused(space: dict, message: str) -> None:
    with pytest.raises(SpaceError, match=message):
        GridSearch(BASE, space)


def small(config) -> bool:
    return config.m.width * config.m.beta <= 4


def test_constraints_thin_out_a_grid(url: str) -> None:
    space = {"m.width": [2, 4, 8], "m.beta": [0.5, 1.0]}
    search = GridSearch(BASE, space, storage=url, constraints=[small])
    assert len(search) == 5
    search.run(train, verbose=False)
    tried = {(r["params"]["m.width"], r["params"]["m.beta"]) for r in search.results}
    assert tried == {(2, 0.5), (2, 1.0), (4, 0.5), (4, 1.0), (8, 0.5)}


def test_random_search_redraws_infeasible_points_the_same_way_every_time(url: str) -> None:
    space = {"m.width": [2, 4, 8], "m.beta": Real(0, 1)}
    runs = []
    for n_jobs in (1, 2):
        search = RandomSearch(
            BASE, space, n_trials=40, random_state=3, storage=url, constraints=[small]
        )
        search.run(train, n_jobs=n_jobs, verbose=False)
        runs.append([result["params"] for result in search.results])
        assert all(p["m.width"] * p["m.beta"] <= 4 for p in runs[-1])
    free = RandomSearch(BASE, space, n_trials=40, random_state=3, storage=url)
    free.run(train, verbose=False)
    drawn = [result["params"] for result in free.results]
    assert runs[0] == runs[1]
    assert [mine == p for mine, p in zip(runs[0], drawn, strict=True)] == [
        p["m.width"] * p["m.beta"] <= 4 for p in drawn
    ]


@pytest.mark.parametrize(
    ("kind", "tried"), [(GridSearch, "2 points"), (RandomSearch, "1000 draws")]
)
def test_no_feasible_point_is_an_error_that_says_how_many_were_tried(
    url: str, kind: type, tried: str
) -> None:
    search = kind(BASE, {"m.width": [2, 4]}, storage=url, constraints=[lambda config: False])
    with pytest.raises(SpaceError, match=f"None of (the )?{tried}"):
        search.run(train, verbose=False)
