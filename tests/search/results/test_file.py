from __future__ import annotations

import json
import math
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from frameworm.core import Config
from frameworm.core.json_values import Placeholder, value_from_json, value_to_json
from frameworm.errors import ResultsFileError
from frameworm.search.results.facts import StudyFacts
from frameworm.search.results.file import load_results, save_results
from frameworm.search.results.results import SearchResults
from frameworm.search.space import Categorical, Integer, Real
from frameworm.trial.goals import Goals
from frameworm.trial.record import TrialRecord
from frameworm.trial.state import TrialState

START = datetime(2024, 5, 1, 12, 0, 0, 123456)


def results(**more):
    space = {
        "lr": Real(1e-5, 0.1, log=True),
        "n": Integer(2, 8, step=2),
        "sizes": Categorical([(8, 8), [1, 2], {"a": 1}, None, True, 1, float("nan")]),
    }
    records = [
        TrialRecord(
            0,
            TrialState.COMPLETE,
            {"lr": 0.1 + 0.2, "n": 4, "sizes": (8, 8)},
            values=(0.5,),
            metrics={"val_loss": 0.5, "odd": float("nan"), "far": -math.inf},
            started_at=START,
            finished_at=START + timedelta(seconds=1.5),
            intermediate={0: 0.75, 10: math.inf},
            traceback="Traceback",
            attempts=1,
            worker="host:1",
        ),
        TrialRecord(1, TrialState.COMPLETE, {"sizes": True}, values=(math.inf,)),
        TrialRecord(2, TrialState.FAIL, {"sizes": 1}, error="Größe \ud800\n\u2028 \x00"),
        TrialRecord(3, TrialState.PRUNED, {"sizes": {"a": 1}}, intermediate={1: 0.5}),
    ]
    base = {"model": {"dims": (1, 2), "limit": math.inf, 3: "int key"}, "day": date(2024, 1, 2)}
    facts = {
        "goals": Goals.of("val_loss", "min"),
        "space": space,
        "base_config": base,
        "study_name": "study",
        "storage": "postgresql://ann:geheim@host/db",
        "strategy": "random",
    }
    return SearchResults(records, StudyFacts(**{**facts, **more}))


def strict_json(path):
    def refuse(token):
        raise AssertionError(f"{token} is not JSON")

    return json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=refuse)


def test_results_come_back_equal(tmp_path):
    path = tmp_path / "missing" / "folders" / "results.json"
    save_results(results(), path)
    again = load_results(path)
    assert again == results()
    assert [type(record.params["sizes"]) for record in again.records] == [tuple, bool, int, dict]
    assert again[0]["config"] == results()[0]["config"]


def test_results_without_trials_come_back(tmp_path):
    empty = results()[:0]
    save_results(empty, tmp_path / "r.json")
    assert load_results(tmp_path / "r.json") == empty


def test_the_file_is_valid_json_with_format_and_version(tmp_path):
    save_results(results(), tmp_path / "r.json")
    document = strict_json(tmp_path / "r.json")
    assert (document["format"], document["version"]) == ("frameworm.search_results", 1)
    assert document["best_score"] == 0.5
    assert document["trials"][1]["values"] == ["inf"]
    assert document["trials"][0]["started_at"] == "2024-05-01T12:00:00.123456"


def test_no_password_reaches_the_file(tmp_path):
    save_results(results(), tmp_path / "r.json")
    text = (tmp_path / "r.json").read_text()
    assert "geheim" not in text
    assert "postgresql://ann@host/db" in text


def test_numpy_scalars_and_tensors_are_saved_as_numbers(tmp_path):
    odd = {
        "f": np.float32(0.5),
        "i": np.int64(3),
        "b": np.bool_(True),
        "x": np.longdouble(0.25),
        "t": torch.tensor(2.0, requires_grad=True),
        "a": np.arange(3),
    }
    trial = TrialRecord(
        0,
        TrialState.COMPLETE,
        odd,
        values=(np.float64(1.5),),
        metrics={"m": torch.tensor(4), "n": np.float32("nan")},
    )
    save_results(SearchResults([trial], results(base_config=odd).facts), tmp_path / "r.json")
    again = load_results(tmp_path / "r.json")
    expected = {"f": 0.5, "i": 3, "b": True, "x": 0.25, "t": 2.0, "a": [0, 1, 2]}
    assert again.base_config == expected
    assert again.records[0].params == expected
    assert again.records[0].values == (1.5,)
    assert again.records[0].metrics["m"] == 4
    assert math.isnan(again.records[0].metrics["n"])


def test_functions_come_back_as_their_names_and_stay_apart(tmp_path):
    first, second = (lambda x: x), (lambda x: -x)
    trials = [TrialRecord(i, TrialState.FAIL, {"f": f}) for i, f in enumerate([second, first, len])]
    found = SearchResults(trials, results(space={"f": Categorical([first, second])}).facts)
    save_results(found, tmp_path / "r.json")
    again = load_results(tmp_path / "r.json")
    choices = again.space["f"].choices
    assert [record.params["f"] for record in again.records] == [
        choices[1],
        choices[0],
        Placeholder("builtins.len"),
    ]
    assert choices[0] != choices[1]
    save_results(again, tmp_path / "again.json")
    assert load_results(tmp_path / "again.json") == again


def test_an_old_file_is_replaced_at_once_and_nothing_is_left_over(tmp_path):
    path = tmp_path / "r.json"
    path.write_text("old")
    with pytest.raises(TypeError):
        save_results(results(space={"p": "no dimension"}), path)
    assert path.read_text() == "old"
    save_results(results(), path)
    assert load_results(path) == results()
    assert [entry.name for entry in tmp_path.iterdir()] == ["r.json"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    save_results(results(), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert load_results(tmp_path / "real.json") == results()


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ResultsFileError, match=r"is a folder; .*search_results\.json"):
        save_results(results(), tmp_path)
    with pytest.raises(ResultsFileError, match="cannot be read"):
        load_results(tmp_path)


def test_a_missing_file():
    with pytest.raises(ResultsFileError, match=r"no file 'nowhere\.json'; check the path"):
        load_results("nowhere.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON file"),
        (b"\xff\xfe\x00", "no JSON file"),
        (b"[" * 100_000, "no JSON file"),
        (b"[1, 2]", "no search results"),
        (b'{"format": "other"}', "no search results"),
        (b'{"format": "frameworm.search_results", "version": 1}', "damaged: KeyError"),
        (b'{"format": "frameworm.search_results", "version": "x"}', "damaged: .*version"),
        (b'{"format": "frameworm.search_results", "version": 2}', "version 2 .*upgrade"),
        (b'{"all_results": []}', "no search results"),
    ],
)
def test_wrong_files_are_refused_by_name(tmp_path, content, words):
    path = tmp_path / "results.json"
    path.write_bytes(content)
    with pytest.raises(ResultsFileError, match=rf"(?s)results\.json.*{words}"):
        load_results(path)


def test_every_truncation_is_noticed(tmp_path):
    path = tmp_path / "r.json"
    save_results(results(), path)
    text = path.read_text()
    for end in range(0, len(text) - 2, 97):
        path.write_text(text[:end])
        with pytest.raises(ResultsFileError):
            load_results(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("space", {"p": {"type": "cone"}}),
        ("space", {"p": {"type": "real", "low": 2, "high": 1}}),
        ("trials", [{"number": 0}]),
        ("trials", 5),
        ("mode", "best"),
        ("base_config", None),
    ],
)
def test_damaged_parts_are_refused(tmp_path, field, value):
    path = tmp_path / "r.json"
    save_results(results(), path)
    path.write_text(json.dumps({**strict_json(path), field: value}))
    with pytest.raises(ResultsFileError, match="damaged"):
        load_results(path)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "$float", "$dict", "$repr", "$x"]), inner),
        st.dictionaries(st.one_of(st.integers(), st.booleans()), inner, max_size=2),
        st.frozensets(st.integers(), max_size=1),
    ),
    max_leaves=8,
)


@given(values)
def test_every_value_comes_back_exactly(value):
    text = json.dumps(value_to_json(value), allow_nan=False)
    assert repr(value_from_json(json.loads(text))) == repr(value)


def test_an_escaped_interpolation_is_not_resolved_by_reading(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    base = Config.from_dict({"command": r"echo \${HOME}", "lr": 0.1})
    assert base.command == "echo ${HOME}"
    saved = results(base_config=base.to_dict())
    save_results(saved, tmp_path / "r.json")
    for found in (saved, load_results(tmp_path / "r.json")):
        assert found.best_config.command == "echo ${HOME}"
        assert found[0]["config"]["command"] == "echo ${HOME}"
        assert r"\${HOME}" in found.best_config.to_yaml()
