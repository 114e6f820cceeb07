"""Real database servers for the tests: the ones the environment names, and private ones."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

VARIABLES = {
    "postgresql": "FRAMEWORM_TEST_POSTGRES_URL",
    "mariadb": "FRAMEWORM_TEST_MYSQL_URL",
}
KINDS = tuple(VARIABLES)


def _run(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()


@contextlib.contextmanager
def new_database(kind: str) -> Iterator[str]:
    """Give the URL of an empty database on a server; skip where the environment names none."""
    server = os.environ.get(VARIABLES[kind])
    if not server:
        pytest.skip(f"{VARIABLES[kind]} names no server")
    name = f"frameworm_{uuid.uuid4().hex[:12]}"
    _run(server, f"CREATE DATABASE {name}")
    try:
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        _run(server, f"DROP DATABASE {name}{force}")


def free_port() -> int:
    """Return a port of this host that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrivateServer:
    """A server of the test's own, which it may stop and start.

    Args:
        kind: ``"postgresql"`` or ``"mariadb"``.
        folder: A new folder for its files.
        addresses: Where PostgreSQL listens besides this host.
    """

    def __init__(self, kind: str, folder: Path, addresses: Sequence[str] = ()) -> None:
        self._kind = kind
        self._addresses = addresses
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def url_at(self, address: str) -> str:
        """Return the URL for a driver that reaches PostgreSQL at one of its addresses."""
        return f"postgresql+psycopg://postgres@{address}:{self._port}/postgres"

    @property
    def url(self) -> str:
        if self._kind == "postgresql":
            return self.url_at("127.0.0.1")
        return f"mysql+pymysql://root@127.0.0.1:{self._port}/test"

    def prepare(self) -> None:
        folder = self._folder
        folder.mkdir(parents=True)
        if self._kind == "postgresql":
            shutil.chown(folder, "postgres")
            self._as("postgres", _postgres("initdb"), "-D", str(folder / "db"), "-A", "trust")
            with (folder / "db" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        else:
            shutil.chown(folder, "mysql")
            subprocess.run(
                [
                    "mariadb-install-db",
                    "--user=mysql",
                    f"--datadir={folder}/db",
                    "--auth-root-authentication-method=normal",
                ],
                check=True,
                capture_output=True,
            )

    def _as(self, user: str, *command: str) -> None:
        subprocess.run(["runuser", "-u", user, "--", *command], check=True, capture_output=True)

    def start(self) -> None:
        db, port = f"{self._folder}/db", str(self._port)
        if self._kind == "postgresql":
            addresses = ",".join(("127.0.0.1", *self._addresses))
            command = [
                *("runuser", "-u", "postgres", "--", _postgres("postgres"), "-D", db, "-p", port),
                *("-k", str(self._folder), "-c", f"listen_addresses={addresses}"),
            ]
        else:
            command = [
                *("mariadbd", "--no-defaults", "--user=mysql", f"--datadir={db}"),
                *(f"--port={port}", "--bind-address=127.0.0.1"),
                *(f"--socket={self._folder}/s", f"--pid-file={self._folder}/pid"),
            ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                _run(self.url.removesuffix("/test"), "SELECT 1")
                break
            except sa.exc.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        if self._kind == "mariadb":
            _run(self.url.removesuffix("/test"), "CREATE DATABASE IF NOT EXISTS test")

    def stop(self) -> None:
        """Stop it as an administrator would who does not wait for clients."""
        assert self._process is not None
        if self._kind == "postgresql":
            stop = (_postgres("pg_ctl"), "stop", "-D", f"{self._folder}/db", "-m", "fast")
            self._as("postgres", *stop)
        else:
            self._process.terminate()
        self._process.wait(30)


def _postgres(program: str) -> str:
    found = shutil.which(program) or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")))), None
    )
    assert found is not None
    return found


@contextlib.contextmanager
def private_server(
    kind: str, folder: Path, addresses: Sequence[str] = ()
) -> Iterator[PrivateServer]:
    """Give a running server of the test's own; skip where its programs are not installed."""
    if os.geteuid() != 0 or shutil.which("runuser") is None:
        pytest.skip("only root can run a server as another user")
    installed = (
        bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))
        if kind == "postgresql"
        else shutil.which("mariadb-install-db") is not None
    )
    if not installed:
        pytest.skip(f"the programs of {kind} are not installed")
    server = PrivateServer(kind, folder, addresses)
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            server.stop()
