"""The dashboard's note, and the dashboard itself as a real server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from frameworm.errors import NoResultError
from frameworm.search import RandomSearch, Real
from frameworm.search.engine import find_backend
from frameworm_optuna.dashboard import study_note

BASE = {"training": {"lr": 0.1}}
SPACE = {"training.lr": Real(1e-4, 1e-1, log=True)}


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/s.db"
    search = RandomSearch(BASE, SPACE, n_trials=4, random_state=1, storage=url, study_name="s")
    search.run(lambda config: config.training.lr, verbose=False)
    return url


def test_the_note_says_what_the_study_is_about(url: str) -> None:
    note = study_note(find_backend().load(url, "s"))
    assert "random search** for val_loss (min), 4 trials" in note
    assert "| training.lr | `Real(0.0001, 0.1, log=True)` |" in note
    assert "Best val_loss" in note
    assert "training:\n  lr: 0.1" in note


def test_the_dashboard_serves_the_study_on_this_machine(url: str) -> None:
    pytest.importorskip("optuna_dashboard")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = (
        "import sys; from frameworm.search import RandomSearch; "
        "RandomSearch.resume('s', sys.argv[1]).dashboard(int(sys.argv[2]))"
    )
    server = subprocess.Popen([sys.executable, "-c", code, url, str(port)])
    try:
        deadline = time.monotonic() + 60
        page = ""
        while time.monotonic() < deadline and not page:
            try:
                with urllib.request.urlopen(f"http://localhost:{port}/api/studies") as answer:
                    page = answer.read().decode()
            except OSError:
                time.sleep(0.2)
        assert '"s"' in page
    finally:
        server.kill()
        server.wait()


def test_a_search_that_has_not_run_has_nothing_to_show() -> None:
    with pytest.raises(NoResultError, match="run"):
        RandomSearch(BASE, SPACE).dashboard()
