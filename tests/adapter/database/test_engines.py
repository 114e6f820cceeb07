"""Engines are shared within a process, and never with a process forked from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from frameworm_optuna.database.engines import display_url, shared_engine
from frameworm_optuna.database.storage import PlanStorage
from tests.servers import new_database

FORK = """
import os, sys
import sqlalchemy as sa
from frameworm_optuna.database.engines import shared_engine
from frameworm_optuna.database.storage import PlanStorage

storage = PlanStorage(sys.argv[1])

def connection():
    with storage.engine.connect() as opened:
        if opened.dialect.name == "sqlite":
            return id(opened.connection.dbapi_connection)
        query = {"postgresql": "SELECT pg_backend_pid()"}.get(
            opened.dialect.name, "SELECT connection_id()"
        )
        return opened.execute(sa.text(query)).scalar()

before = connection()
child = os.fork()
if child == 0:
    engine = storage.engine
    other = PlanStorage(sys.argv[1])
    other.get_all_studies()
    other.close()
    os._exit(0 if other.engine is not engine else 1)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), before == connection())
"""


def forked(url: str) -> str:
    """Open a storage, open it again in a forked process, and say what became of the first."""
    done = subprocess.run(
        [sys.executable, "-c", FORK, url], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_makes_an_engine_of_its_own(tmp_path: Path) -> None:
    assert forked(f"sqlite:///{tmp_path}/s.db") == "0 True"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_forked_process_leaves_its_parents_connection_open(kind: str) -> None:
    with new_database(kind) as url:
        assert forked(url) == "0 True"


def test_storages_of_one_database_share_an_engine(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    one, other = PlanStorage(url), PlanStorage(url)
    assert one.engine is other.engine is shared_engine(url, "full")
    assert PlanStorage(url, durability="normal").engine is not one.engine
    one.close()
    assert other.get_all_studies() == []
    other.close()


def test_no_password_of_a_url_is_shown() -> None:
    url = "postgresql+psycopg://ann:p%40ss@host:5432/db?sslpassword=a&password=x&connect_timeout=3"
    assert display_url(url) == "postgresql+psycopg://ann@host:5432/db?connect_timeout=3"
    assert display_url("sqlite:///runs/a.db") == "sqlite:///runs/a.db"
