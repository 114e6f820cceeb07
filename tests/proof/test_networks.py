"""Networks that drop packets without a word, and hosts that are hard to tell apart."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.hosts import Host, check_once, hosts, wait_for_runs
from tests.search.faults import finish
from tests.servers import PrivateServer, private_server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]

ALL = os.environ.get("FRAMEWORM_PROOF") == "all"
# The defaults are for real networks; a test has less time. The URL says so, as a user's may.
QUICK = "?connect_timeout=2&tcp_user_timeout=4000&keepalives_idle=2&keepalives_interval=1"


@pytest.fixture
def pair() -> Iterator[list[Host]]:
    with hosts("host-a", "host-b") as made:
        yield made


@pytest.fixture
def server(pair: list[Host]) -> Iterator[PrivateServer]:
    folder = Path("/tmp") / f"fw-net-{random.randrange(10**6)}"
    with private_server("postgresql", folder, [host.server_address for host in pair]) as started:
        yield started


def test_a_driver_that_is_cut_off_for_a_while_goes_on(
    pair: list[Host], server: PrivateServer, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    host = pair[0]
    options = "" if ALL else QUICK
    driver = host.start(server.url_at(host.server_address) + options, log, 12, 0.1)
    _ready(driver)
    wait_for_runs(log, 3)
    host.pull_the_cable()
    time.sleep(20 if ALL else 7)
    assert driver.poll() is None, driver.communicate()[1]
    host.plug_it_in()
    assert finish(driver).endswith("finished 12\n")
    check_once(server.url, log, 12)


def test_a_driver_cut_off_for_longer_than_its_grace_period_drops_what_was_taken(
    pair: list[Host], server: PrivateServer, tmp_path: Path
) -> None:
    logs = [tmp_path / "a", tmp_path / "b"]
    drivers = [
        host.start(server.url_at(host.server_address) + QUICK, log, 16, 0.3, 2.0)
        for host, log in zip(pair, logs, strict=True)
    ]
    for driver, log in zip(drivers, logs, strict=True):
        _ready(driver)
        wait_for_runs(log, 1)
    pair[0].pull_the_cable()
    assert finish(drivers[1]).endswith("finished 16\n"), "the other one takes over"
    pair[0].plug_it_in()
    assert finish(drivers[0]).endswith("finished 16\n")
    log = tmp_path / "log"
    log.write_text("".join(each.read_text() for each in logs))
    check_once(server.url, log, 16, repeated=1)


def test_hosts_of_one_name_with_the_same_process_ids_are_told_apart(
    tmp_path: Path,
) -> None:
    # Containers of one image: one name, and the driver is process 1 in each.
    url = f"sqlite:///{tmp_path}/s.db"
    log = tmp_path / "log"
    with hosts("worker", "worker") as pair:
        drivers = [host.start(url, log, 20, 0.1, 60.0) for host in pair]
        pids = [_ready(driver) for driver in drivers]
        assert pids[0] == pids[1]
        for driver in drivers:
            assert finish(driver).endswith("finished 20\n")
    found = check_once(url, log, 20)
    assert len({trial.system_attrs["frameworm:claim"]["driver"] for trial in found.values()}) == 2


def _ready(driver) -> str:
    assert driver.stdout is not None
    line = driver.stdout.readline()
    assert line.startswith("READY"), driver.communicate()[1]
    return line.split()[1]
