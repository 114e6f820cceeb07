"""Who drives a search: one run of one process, recognisable after that process is gone."""

from __future__ import annotations

import json
import os
import platform
import uuid
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

__all__ = ["Owner"]


_ended: set[str] = set()


@dataclass(frozen=True)
class Owner:
    """One driver: a call of ``run`` in a process on a host.

    Attributes:
        id: Unique for each call of ``run``.
        host: The host, its boot and, on Linux, its process namespace: where process ids compare.
        pid: The driver's process id.
        started: When the process started, in a unit only equality is asked of; a process id that
            was given to another process shows in it.
    """

    id: str
    host: str
    pid: int
    started: str

    @classmethod
    def current(cls) -> Owner:
        """Return a new owner for this process."""
        pid = os.getpid()
        return cls(uuid.uuid4().hex[:12], _host(), pid, _started(pid) or "")

    def end(self) -> None:
        """Say that this run is over, though its process lives on."""
        _ended.add(self.id)

    def is_alive(self) -> bool | None:
        """Whether the owner's run goes on; ``None`` if that cannot be told from this host.

        A run that broke off where it could not write, as on a full disk, is known to be over in
        its own process, and elsewhere once that process ends.
        """
        if self.id in _ended:
            return False
        if self.host != _host():
            return None
        return _started(self.pid) == self.started

    def to_json(self, beat: int) -> str:
        """Return the owner with its heartbeat count, as stored in the study."""
        return json.dumps({**asdict(self), "beat": beat})

    @classmethod
    def from_json(cls, text: str) -> tuple[Owner, int]:
        """Return the owner and the heartbeat count that :meth:`to_json` wrote."""
        fields = json.loads(text)
        beat = fields.pop("beat")
        return cls(**fields), beat


@cache
def _host() -> str:
    parts = [platform.node()]
    boot = Path("/proc/sys/kernel/random/boot_id")
    namespace = Path("/proc/self/ns/pid")
    if boot.exists():
        parts.append(boot.read_text().strip())
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
