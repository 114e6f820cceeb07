"""Slurm on this machine: a controller and a node of the test's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import free_port

__all__ = ["Slurm", "slurm"]

_CONFIGURATION = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=100000,bf_interval=1
KillWait=20
ReturnToService=2
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Slurm:
    """Commands of a running Slurm.

    Args:
        configuration: Its ``slurm.conf``.
    """

    def __init__(self, configuration: Path) -> None:
        self.environment = {**os.environ, "SLURM_CONF": str(configuration)}

    def __call__(self, *words: str, folder: Path | None = None, **environment: str) -> str:
        """Run a command of Slurm's and return what it prints."""
        done = subprocess.run(
            words,
            cwd=folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout.strip()

    def states(self) -> list[str]:
        """Return the states of all jobs that have not ended."""
        return self("squeue", "--noheader", "--array", "--format", "%T").split()

    def wait_until_idle(self, seconds: float) -> None:
        """Wait until no job is left."""
        end = time.monotonic() + seconds
        while self.states():
            assert time.monotonic() < end, self("squeue", "--array")
            time.sleep(0.5)


@pytest.fixture
def slurm(tmp_path: Path) -> Iterator[Slurm]:
    """Start Slurm for a test."""
    if not (shutil.which("slurmctld") and shutil.which("slurmd")):
        pytest.skip("needs Slurm: apt-get install slurmctld slurmd slurm-client")
    if os.getuid():
        pytest.skip("Slurm's node must be run by root")
    folder = tmp_path / "slurm"
    for each in (folder, folder / "spool", folder / "state"):
        each.mkdir()
    configuration = folder / "slurm.conf"
    host = os.uname().nodename.partition(".")[0]
    places = {"host": host, "folder": folder, "controller": free_port(), "node": free_port()}
    configuration.write_text(_CONFIGURATION.format(**places))
    made = Slurm(configuration)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": made.environment}
    daemons = [
        subprocess.Popen(["slurmctld", "-D"], **quiet),
        subprocess.Popen(["slurmd", "-D", "-N", host], **quiet),
    ]
    try:
        _wait_for_node(made)
        yield made
        with contextlib.suppress(AssertionError):
            made("scancel", "--user", "root")
            made.wait_until_idle(25)
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(20)


def _wait_for_node(made: Slurm) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with contextlib.suppress(AssertionError):
            if made("sinfo", "--noheader", "--format", "%T") == "idle":
                return
        time.sleep(0.3)
    pytest.skip("Slurm does not start on this machine")
