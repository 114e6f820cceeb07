"""The Python blocks of each page of the docs run in their order; its links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


# They start many processes, or a framework that takes long to load.
SLOW = {"how-to/distributed.md", "how-to/lightning.md"}


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if page in SLOW else []) for page in PAGES],
)
def test_python_blocks_run(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("page", PAGES)
def test_links_to_files_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text()
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)\s#]+)", text)
    assert [link for link in links if not ((DOCS / page).parent / link).exists()] == []


@pytest.mark.skipif(
    importlib.util.find_spec("mkdocs") is None, reason="needs MkDocs: pip install 'frameworm[docs]'"
)
def test_the_site_is_built_without_a_warning_and_fetches_nothing(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", DOCS / "mkdocs.yml"]
    done = subprocess.run(
        [*build, "-d", tmp_path / "site"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for page in (tmp_path / "site").rglob("*.html"):
        fetched = re.findall(
            r"<(?:link|script|img)\b[^>]*(?:href|src)=\"?(https?:[^\s\">]+)", page.read_text()
        )
        assert fetched == [], page


def test_the_command_lines_page_is_what_help_says() -> None:
    command = [sys.executable, DOCS / "command_help.py", "-"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert (DOCS / "reference" / "command-line.md").read_text() == shown, (
        "write it anew: python docs/command_help.py"
    )


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("reference/stored.md", r"\"(frameworm:[a-z_]+)"),
        ("reference/environment.md", r"\"(FRAMEWORM_[A-Z]+)\""),
    ],
)
def test_every_name_that_others_may_meet_is_documented(page: str, what: str) -> None:
    sources = [
        *(DOCS.parent / "frameworm").rglob("*.py"),
        *(DOCS.parent / "adapters").rglob("*.py"),
    ]
    names = {name for path in sources for name in re.findall(what, path.read_text())}
    assert names
    text = (DOCS / page).read_text()
    assert sorted(name for name in names if name not in text) == []


def test_every_attribute_that_a_study_stores_is_documented() -> None:
    """A name in the code that the reference lacks is one that nobody else can read."""
    adapter = DOCS.parent / "adapters"
    named = {
        name
        for path in adapter.rglob("*.py")
        for name in re.findall(r'"(frameworm:[a-z_]+)', path.read_text(encoding="utf-8"))
    }
    assert len(named) > 15
    page = (DOCS / "reference" / "stored.md").read_text(encoding="utf-8")
    assert sorted(name for name in named if f"`{name}" not in page) == []
