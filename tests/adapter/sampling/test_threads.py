"""A model's proposals do not compete with the trials that train."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from frameworm import BayesianSearch, Real
from frameworm_optuna.sampling.threads import one_thread


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_threads_come_back_after_an_error_too() -> None:
    def fail() -> None:
        with one_thread():
            fitted.append(torch.get_num_threads())
            raise KeyError

    fitted: list[int] = []
    with pytest.raises(KeyError):
        fail()
    assert fitted == [1]
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("sampler", ["auto", "gp"])
def test_a_process_is_fitted_on_one_thread_and_trials_keep_theirs(
    tmp_path: Path, sampler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from optuna._gp import gp

    fitting: list[int] = []
    trials: list[int] = []
    plain = gp.GPRegressor.posterior

    def posterior(*arguments, **options):
        fitting.append(torch.get_num_threads())
        return plain(*arguments, **options)

    def train_fn(config):
        trials.append(torch.get_num_threads())
        return {"y": config.x**2}

    monkeypatch.setattr(gp.GPRegressor, "posterior", posterior)
    search = BayesianSearch(
        {},
        {"x": Real(-1, 1)},
        metric="y",
        n_trials=6,
        n_initial_points=3,
        sampler=sampler,
        storage=tmp_path / "s.db",
        random_state=0,
    )
    search.run(train_fn, verbose=False)
    assert set(fitting) == {1}
    assert trials == [2] * 6
