from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworm.errors import ExperimentNameError
from frameworm.experiment.names import artifact_name, experiment_name, label, new_id, tag_tuple

BAD_NAMES = ["", " ", "\t", "../x", "/etc", "a/b", "a\\b", ".", "..", "a\0b", "a\nb", "\ud800"]


@pytest.mark.parametrize("name", [*BAD_NAMES, "x" * 201, None, 3, b"x"])
def test_names_that_could_leave_the_root_are_refused(name: object) -> None:
    with pytest.raises(ExperimentNameError) as caught:
        experiment_name(name)
    assert repr(name) in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("name", ["a", "..a", "über uns", "'; DROP TABLE experiments; --", "日本"])
def test_other_names_are_kept(name: str) -> None:
    assert experiment_name(name) == name


@given(st.text(min_size=1, max_size=300))
def test_an_id_is_one_plain_directory_name(name: str) -> None:
    made = new_id(name)
    assert made.replace("-", "").replace("_", "").isalnum()
    assert made.isascii()
    assert len(made) <= 66
    assert new_id(name) != made


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\b", "", "\0", "."])
def test_artifact_names_stay_below(name: str) -> None:
    with pytest.raises(ExperimentNameError):
        artifact_name(name)


def test_tags() -> None:
    assert tag_tuple("grid_search") == ("grid_search",)
    assert tag_tuple(["b", "a", "b"]) == ("b", "a")
    with pytest.raises(ExperimentNameError, match="The tag must be one line"):
        tag_tuple([""])
    with pytest.raises(ExperimentNameError, match="Tags are a list"):
        tag_tuple(3)  # type: ignore[arg-type]


def test_label_names_its_kind() -> None:
    with pytest.raises(ExperimentNameError, match="The metric name must be one line of 1 to 200"):
        label("metric name", "a\nb")
