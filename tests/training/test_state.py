from __future__ import annotations

import pytest

from frameworm.errors import TrainingError
from frameworm.training import TrainingState


def test_record_appends_one_value_an_epoch() -> None:
    state = TrainingState()
    state.record({"loss": 3.0, "kl_loss": 1.0}, {"loss": 4.0})
    state.record({"loss": 2.0, "kl_loss": 0.5}, {"loss": 5.0})
    assert state.current_epoch == 2
    assert state.train_metrics == {"loss": [3.0, 2.0], "kl_loss": [1.0, 0.5]}
    assert state.val_metrics == {"loss": [4.0, 5.0]}


def test_losses_are_those_of_validation_if_there_was_any() -> None:
    train = {"loss": [3.0, 2.0]}
    assert TrainingState(train_metrics=train).losses == [3.0, 2.0]
    assert TrainingState(train_metrics=train, val_metrics={"loss": [4.0, 5.0]}).losses == [4.0, 5.0]
    assert TrainingState().losses == []


def test_best_epoch_is_the_first_of_the_lowest() -> None:
    assert TrainingState().best_epoch is None
    assert TrainingState(train_metrics={"loss": [3.0, 1.0, 2.0, 1.0]}).best_epoch == 2


def test_history_names_what_there_is() -> None:
    state = TrainingState(train_metrics={"loss": [1.0]}, val_metrics={"accuracy": [0.5]})
    assert state.history("val_accuracy") == [0.5]
    with pytest.raises(
        TrainingError, match=r"one of train_loss, val_accuracy; got 'train_los'"
    ) as e:
        state.history("train_los")
    assert "Did you mean 'train_loss'?" in str(e.value)


def test_dict_round_trip_is_independent() -> None:
    state = TrainingState(2, 10, {"loss": [1.0]}, {}, "enough")
    values = state.to_dict()
    assert TrainingState.from_dict(values) == state
    values["train_metrics"]["loss"].append(9.0)
    assert state.train_metrics == {"loss": [1.0]}
