"""The suggested space: it keeps the optimum, drops what lost, and is a space again."""

from __future__ import annotations

import numpy as np
import pytest

from frameworm.cli.inputs.space_file import read_space
from frameworm.errors import NoResultError
from frameworm.search import RandomSearch
from frameworm.search.analysis.analyzer import SearchAnalyzer
from frameworm.search.results.results import SearchResults
from frameworm.search.space import Categorical, Integer, Real
from frameworm.search.space.spaces import sample_configuration
from frameworm.search.space.yaml_text import space_yaml
from tests.search.drawing import analyzer, trial

SPACE = {
    "lr": Real(1e-5, 1e-1, log=True),
    "width": Integer(16, 512, log=True),
    "depth": Integer(1, 9, step=2),
    "drop": Real(0.0, 0.9, step=0.1),
    "noise": Real(0, 1),
    "optimizer": Categorical(["adam", "sgd", "rmsprop"]),
    "momentum": Real(0, 1, when={"optimizer": "sgd"}),
}


def searched(count=200, seed=0):
    random = np.random.default_rng(seed)
    trials = []
    for _ in range(count):
        params = sample_configuration(SPACE, random)
        score = abs(np.log10(params["lr"]) + 3) + abs(np.log2(params["width"]) - 7) / 4
        score += 0.02 * params["depth"] + (0 if params["optimizer"] == "adam" else 5)
        trials.append({"params": params, "score": score})
    return SearchAnalyzer(SearchResults.from_dicts(trials, space=SPACE))


@pytest.mark.parametrize("seed", range(5))
def test_ranges_close_in_on_the_optimum_and_what_does_not_matter_stays(seed):
    found = searched(seed=seed).suggest_space()
    lr, width = found["lr"], found["width"]
    assert 1e-5 < lr.low < 1e-3 < lr.high < 1e-1
    assert lr.log
    assert 16 <= width.low < 128 < width.high <= 512
    assert found["noise"] == Real(0, 1) or found["noise"].high - found["noise"].low > 0.8
    assert found["drop"].step == 0.1


def test_a_choice_that_lost_goes_with_what_it_alone_had():
    found = searched().suggest_space()
    assert found["optimizer"] == Categorical(["adam"])
    assert "momentum" not in found
    assert list(found) == [key for key in SPACE if key in found]


def test_a_choice_hardly_tried_stays():
    trials = [trial(i, float(i), depth="rare" if i == 39 else "often") for i in range(40)]
    found = analyzer(*trials, space={"depth": Categorical(["often", "rare"])}).suggest_space()
    assert found["depth"] == Categorical(["often", "rare"])


def test_the_suggestion_is_searched_as_it_stands_and_as_yaml(url, tmp_path):
    found = searched().suggest_space()
    (tmp_path / "space.yaml").write_text(space_yaml(found))
    assert read_space(tmp_path / "space.yaml", {}) == found
    search = RandomSearch({}, found, n_trials=3, storage=url)
    search.run(lambda config: {"val_loss": config.lr}, verbose=False)
    assert all(
        found["lr"].low <= item["params"]["lr"] <= found["lr"].high for item in search.results
    )


def test_several_metrics_close_in_on_the_front():
    trials = [trial(i, (x**2, (x - 0.2) ** 2), lr=x) for i, x in enumerate(np.linspace(-5, 5, 101))]
    found = analyzer(*trials, further=[("latency", "min")], space={"lr": Real(-5, 5)})
    lr = found.suggest_space()["lr"]
    assert -2 < lr.low < 0 < 0.2 < lr.high < 2


def test_few_trials_are_no_ground_for_a_suggestion():
    with pytest.raises(NoResultError, match="at least 10 complete trials, there are 9"):
        analyzer(*(trial(i, float(i)) for i in range(9))).suggest_space()


def test_conditions_and_choices_of_every_kind_are_written():
    text = space_yaml(
        {"f": Categorical([(8, 8), len, None]), "m": Integer(1, 3, when={"f": None}), **SPACE}
    )
    assert "builtins.len" in text
    assert "when:" in text
