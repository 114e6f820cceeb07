"""Hosts made of namespaces: with processes, a name and a network cable of their own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.search.faults import trials

__all__ = ["Host", "check_once", "hosts", "wait_for_runs"]

SCRIPT = Path(__file__).with_name("host_script.py")


class Host:
    """A network namespace that a cable joins to this one.

    Args:
        index: Distinguishes the hosts of a test.
        name: The host's name.
    """

    def __init__(self, index: int, name: str) -> None:
        self.name = name
        self._space = f"fw{os.getpid()}x{index}"
        self._cable = f"fw{os.getpid() % 10**6}c{index}"
        net = (os.getpid() * 4 + index * 64) % 16_000
        self._prefix = f"10.{100 + net // 256 % 64}.{net % 256}"
        self.server_address = f"{self._prefix}.1"

    def make(self) -> None:
        _ip("netns", "add", self._space)
        far = f"{self._cable}f"
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", far, "netns", self._space)
        _ip("addr", "add", f"{self.server_address}/30", "dev", self._cable)
        _ip("link", "set", self._cable, "up")
        _ip("-n", self._space, "addr", "add", f"{self._prefix}.2/30", "dev", far)
        _ip("-n", self._space, "link", "set", far, "up")
        _ip("-n", self._space, "link", "set", "lo", "up")

    def remove(self) -> None:
        for words in (("link", "del", self._cable), ("netns", "del", self._space)):
            subprocess.run(["ip", *words], check=False, capture_output=True)

    def pull_the_cable(self) -> None:
        """Have all packets dropped; neither side is told."""
        _ip("link", "set", self._cable, "down")

    def plug_it_in(self) -> None:
        _ip("link", "set", self._cable, "up")

    def start(self, url: str, log: Path, *options: float) -> subprocess.Popen[str]:
        """Start a driver here; it is the host's first process."""
        inside = 'hostname "$0"; exec "$@"'
        script = [sys.executable, str(SCRIPT), url, str(log), *map(str, options)]
        return subprocess.Popen(
            [
                *("ip", "netns", "exec", self._space),
                *("unshare", "--pid", "--fork", "--mount-proc", "--uts", "--"),
                *("sh", "-c", inside, self.name, *script),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """Make hosts; skip where this machine does not allow it."""
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        pytest.skip("ip and unshare (iproute2, util-linux) are not installed")
    made = [Host(index, name) for index, name in enumerate(names)]
    try:
        try:
            for host in made:
                host.make()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
        yield made
    finally:
        for host in made:
            host.remove()


def check_once(url: str, log: Path, n_trials: int, repeated: int = 0) -> dict[int, Any]:
    """Check that each trial has the outcome of one run of it, and few were run twice."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    returned = {(line["number"], line["token"]) for line in lines}
    found = trials(url)
    assert sorted(found) == list(range(n_trials))
    for number, trial in found.items():
        assert trial.state.name == "COMPLETE"
        assert (number, trial.user_attrs["token"]) in returned
        assert trial.system_attrs["frameworm:claim"].get("attempt", 0) <= bool(repeated)
    runs = Counter(line["number"] for line in lines)
    assert sum(count - 1 for count in runs.values()) <= repeated, runs
    return found


def wait_for_runs(log: Path, count: int, seconds: float = 60) -> None:
    """Wait until so many runs of trials have returned."""
    deadline = time.monotonic() + seconds
    while not log.exists() or len(log.read_text().splitlines()) < count:
        assert time.monotonic() < deadline, "the driver does not come on"
        time.sleep(0.05)
