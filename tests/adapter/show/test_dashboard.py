"""The dashboard's note, and the dashboard itself as a real server."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest

from frameworm.core import Config
from frameworm.errors import NoResultError
from frameworm.experiment.provenance import git_state
from frameworm.search import RandomSearch, Real, current_trial, report
from frameworm.search.analysis.dashboard import study_page
from frameworm.search.results.from_study import study_results
from frameworm.search.results.results import SearchResults
from frameworm.search.study.entry_point import find_backend
from frameworm_optuna.show.artifacts import upload_files

BASE = {"training": {"lr": 0.1}}
SPACE = {"training.lr": Real(1e-4, 1e-1, log=True)}


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


def train(config: Config) -> dict[str, float]:
    trial = current_trial()
    assert trial is not None
    if trial.number == 1:
        raise ValueError("no such optimizer")
    report(1, val_loss=9.0 if trial.number == 2 else config.training.lr)
    assert trial.checkpoint_dir is not None
    Path(trial.checkpoint_dir, "last.pt").write_bytes(b"weights")
    return {"val_loss": config.training.lr, "accuracy": 0.5}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A study with finished, failed and pruned trials, a running and a waiting one."""
    url = f"sqlite:///{tmp_path_factory.mktemp('dashboard')}/s.db"

    def search(n_trials: int) -> RandomSearch:
        return RandomSearch(
            BASE,
            SPACE,
            n_trials=n_trials,
            random_state=1,
            storage=url,
            study_name="s",
            pruner=optuna.pruners.ThresholdPruner(upper=1.0),
        )

    search(6).run(train, verbose=False)
    held = search(8)._open()
    held.plan()
    assert len(held.exchange([], 1).specs) == 1
    yield url
    held.release()
    held.close()


@pytest.fixture(scope="module")
def site(url: str) -> Iterator[str]:
    """The address of the command's dashboard of that study."""
    pytest.importorskip("optuna_dashboard")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "frameworm", "dashboard", "--storage", url, "--port", str(port)]
    server = subprocess.Popen([sys.executable, *command])
    try:
        yield f"http://localhost:{port}"
    finally:
        server.kill()
        server.wait()


def asked(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def eventually(look: Callable[[], bool], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if look():
                return True
        time.sleep(0.3)
    return False


def test_the_note_says_what_the_study_is_about(url: str) -> None:
    study = find_backend().load(url, "s")
    note = study_page(study).note
    assert "Random search** for val_loss (min), 8 trials" in note
    assert re.search(r"\| training\.lr +\| Real\(0\.0001, 0\.1, log=True\) +\|", note)
    assert "**The best val_loss is " in note
    assert "training:\n  lr: 0.1" in note
    commit = git_state().commit
    assert commit is None or f"Begun with git commit `{commit}`" in note


def test_the_dashboard_serves_pictures_and_the_best_checkpoint(site: str, url: str) -> None:
    wanted = {"convergence.png", "timeline.png", "learning curves.png"}

    def files() -> dict[str, str]:
        study = asked(f"{site}/api/studies/1")
        return {each["filename"]: each["artifact_id"] for each in study["artifacts"]}

    assert eventually(lambda: wanted <= files().keys())
    best = RandomSearch.resume("s", url).results.best.number
    found = files()
    for name, starts in ((f"trial-{best:05d}.pt", b"weights"), ("timeline.png", b"\x89PNG")):
        with urllib.request.urlopen(f"{site}/artifacts/1/{found[name]}") as answer:
            assert answer.read().startswith(starts)


def test_a_browser_shows_every_kind_of_trial(site: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    assert eventually(lambda: bool(asked(f"{site}/api/studies/1")["artifacts"]))
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 2400, "height": 1600})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{site}/dashboard/studies/1/smartSelection")
        page.wait_for_selector("text=Waiting", timeout=60_000)
        table = page.inner_text("body")
        for word in ("Complete", "Fail", "Pruned", "Running", "Waiting", "no such optimizer"):
            assert word in table
        assert page.locator("th .MuiTableSortLabel-root", has_text="accuracy").count() == 1
        page.goto(f"{site}/dashboard/studies/1/note")
        page.wait_for_selector("text=Base config", timeout=60_000)
        page.goto(f"{site}/dashboard/studies/1")
        page.wait_for_selector("text=convergence.png", timeout=60_000)
        page.wait_for_selector("text=Intermediate values", timeout=60_000)
        pictures = page.locator("img").evaluate_all("all => all.map(i => i.naturalWidth)")
        browser.close()
    assert len(pictures) >= 3
    assert all(width > 500 for width in pictures)
    assert errors == []


def test_pictures_are_replaced_and_not_piled_up(url: str, tmp_path: Path) -> None:
    study = find_backend().load(url, "s")
    contents = iter((b"first", b"second"))

    def draw(results: SearchResults, folder: Path) -> list[Path]:
        path = folder / f"picture of {len(results)}.png"
        path.write_bytes(next(contents))
        return [path]

    for _ in range(2):
        upload_files(study.native, functools.partial(draw, study_results(study)), tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"second"]


def test_a_search_that_has_not_run_has_nothing_to_show() -> None:
    with pytest.raises(NoResultError, match="run"):
        RandomSearch(BASE, SPACE).dashboard()
