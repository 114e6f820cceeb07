"""Trials start processes as they would outside a search, and none outlives its trial."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from frameworm import GridSearch

SCRIPT = """
import multiprocessing, sys, torch
from torch.utils.data import DataLoader, Dataset
from frameworm import GridSearch

class Numbers(Dataset):  # of __main__, which the children of a worker cannot import
    def __len__(self):
        return 4
    def __getitem__(self, index):
        return torch.tensor(float(index))

def double(number):
    return 2 * number

around = DataLoader(Numbers(), batch_size=2, num_workers=1, persistent_workers=True)

def train(config):
    total = sum(batch.sum().item() for batch in around)
    inside = DataLoader(
        Numbers(), batch_size=2, num_workers=1, multiprocessing_context=config.context
    )
    total += sum(batch.sum().item() for batch in inside)
    with multiprocessing.get_context(config.context).Pool(1) as pool:
        return total + sum(pool.map(double, [1, 2]))

search = GridSearch({"context": None}, {"context": sys.argv[2:]}, storage=sys.argv[1])
search.run(train, n_jobs=2, verbose=False)
for record in search.results.records:
    print(record.params["context"], record.score, record.error, record.traceback)
"""


@pytest.mark.parametrize(
    "context", ["fork", "spawn", pytest.param("forkserver", marks=pytest.mark.slow)]
)
def test_data_loaders_with_workers(tmp_path: Path, context: str) -> None:
    if sys.platform == "win32" and context != "spawn":
        pytest.skip("Windows has spawn alone")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), f"sqlite:///{tmp_path}/s.db", context]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.stdout == f"{context} 18.0 None None\n", done.stdout + done.stderr


def sleeper(path: Path) -> str:
    return f"import time; open({str(path)!r}, 'w').close(); time.sleep(600)"


def start_and(end, path: Path, config) -> float:
    child = subprocess.Popen([sys.executable, "-c", sleeper(path)])
    while not path.exists():
        time.sleep(0.01)
    Path(f"{path}.pid").write_text(str(child.pid))
    end()
    return config.x


def is_running(path: Path) -> bool:
    pid = int(Path(f"{path}.pid").read_text())
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def ends_soon(path: Path) -> bool:
    deadline = time.monotonic() + 10
    while is_running(path) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_running(path)


def test_a_child_ends_with_its_trial(url: str, tmp_path: Path) -> None:
    path = tmp_path / "started"
    search = GridSearch({"x": 0}, {"x": [1]}, storage=url)
    search.run(lambda config: start_and(lambda: None, path, config), n_jobs=2, verbose=False)
    assert search.best_score == 1
    assert not is_running(path)


@pytest.mark.parametrize(
    ("end", "settings"),
    [
        (lambda: signal.raise_signal(signal.SIGKILL), {"max_retries": 0}),
        (lambda: time.sleep(600), {"trial_timeout": 2.0}),
    ],
    ids=["killed", "too long"],
)
def test_a_child_ends_with_its_worker(url: str, tmp_path: Path, end, settings) -> None:
    path = tmp_path / "started"

    def train(config):
        return start_and(end, path, config) if config.x == 1 else config.x

    search = GridSearch({"x": 0}, {"x": [1, 2]}, storage=url)
    search.run(train, n_jobs=2, verbose=False, **settings)
    assert [result["state"] for result in search.results].count("FAIL") == 1
    assert ends_soon(path)


def test_a_child_ends_with_its_driver(tmp_path: Path) -> None:
    path = tmp_path / "started"
    script = (
        "import subprocess, sys, time\n"
        "from frameworm import GridSearch\n"
        "def train(config):\n"
        f"    child = subprocess.Popen([sys.executable, '-c', {sleeper(path)!r}])\n"
        f"    open({str(path)!r} + '.pid', 'w').write(str(child.pid))\n"
        "    time.sleep(600)\n"
        f"GridSearch({{'x': 0}}, {{'x': [1]}}, storage='sqlite:///{tmp_path}/s.db').run(\n"
        "    train, n_jobs=2, verbose=False)\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    assert ends_soon(path)
