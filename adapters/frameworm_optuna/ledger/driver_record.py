"""Who drives a search: one run of one process, recognisable after that process is gone."""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["DriverRecord"]


_ended: set[str] = set()


@dataclass(frozen=True)
class DriverRecord:
    """One driver: a call of ``run`` in a process on a host.

    Attributes:
        id: Unique for each call of ``run``.
        host: The host, its boot, its network card and, on Linux, its process namespace: where
            process ids compare.
        pid: The driver's process id.
        started: When the process started, in a unit only equality is asked of; a process id that
            was given to another process shows in it.
        runs_trials: Whether trials run in the driver's own process, so that one may have killed it.
        interval: Seconds from one heartbeat to the next; 0 in records that do not say it.
    """

    id: str
    host: str
    pid: int
    started: str
    runs_trials: bool = False
    interval: float = 0.0

    @classmethod
    def current(cls, runs_trials: bool = False, interval: float = 30.0) -> DriverRecord:
        """Return a new record of this process.

        Args:
            runs_trials: Whether trials run in this very process.
            interval: Seconds from one heartbeat to the next.
        """
        pid = os.getpid()
        started = _started(pid) or ""
        return cls(uuid.uuid4().hex[:12], _host(), pid, started, runs_trials, interval)

    def end(self) -> None:
        """Say that this run is over, though its process lives on."""
        _ended.add(self.id)

    def is_alive(self) -> bool | None:
        """Whether the driver's run goes on; ``None`` if that cannot be told from this host.

        A run that broke off where it could not write, as on a full disk, is known to be over in
        its own process, and elsewhere once that process ends.
        """
        if self.id in _ended:
            return False
        if self.host != _host():
            return None
        return _started(self.pid) == self.started

    def to_json(self, beat: int) -> dict[str, Any]:
        """Return the record with its heartbeat count, as stored in the study."""
        return {**asdict(self), "beat": beat}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> tuple[DriverRecord, int]:
        """Return the record and the heartbeat count that :meth:`to_json` gave."""
        known = {field.name for field in fields(cls)}
        record = cls(**{name: value for name, value in stored.items() if name in known})
        return record, stored["beat"]


@cache
def _host() -> str:
    parts = [platform.node()]
    boot = Path("/proc/sys/kernel/random/boot_id")
    namespace = Path("/proc/self/ns/pid")
    if boot.exists():
        parts.append(boot.read_text().strip())
    else:
        import psutil

        parts.append(f"{psutil.boot_time():.0f}")
    card = uuid.getnode()
    # A made-up address, of a machine without a card, has this bit set and differs each time.
    if not card >> 40 & 1:
        # Machines cloned while they ran share name and boot.
        parts.append(f"{card:012x}")
    if namespace.exists():
        parts.append(str(namespace.stat().st_ino))
    return "/".join(parts)


def _started(pid: int) -> str | None:
    """Return when a process started, or ``None`` if there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        state, ticks = fields[0], fields[19]
        # Ticks since boot: unlike a wall-clock time, setting the clock does not change them.
        return None if state in "ZX" else ticks
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.0f}"
    except psutil.Error:
        return None
