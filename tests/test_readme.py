"""The README's Python blocks run, and what its commands name exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def test_python_blocks_run(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert blocks
    script = "\n".join(blocks) + "\nassert best_score < 0.2\n"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_commands_name_what_exists() -> None:
    commands = "\n".join(re.findall(r"```bash\n(.*?)```", README.read_text(), re.DOTALL))
    installed = re.findall(r"pip install -e '\.\[([\w,]+)\]'", commands)
    assert len(installed) >= 2
    extras = (ROOT / "pyproject.toml").read_text().partition("[project.optional-dependencies]")[2]
    for extra in ",".join(installed).split(","):
        assert re.search(rf"^{extra} = \[", extras, re.MULTILINE), extra
    scripts = re.findall(r"python (\S+\.py)", commands)
    assert scripts
    assert [script for script in scripts if not (ROOT / script).exists()] == []


def test_links_to_files_lead_somewhere() -> None:
    texts = [README, ROOT / ".github" / "CONTRIBUTING.md"]
    for text in texts:
        links = re.findall(r"\]\((?!https?:|#|mailto:)([^)\s#]+)", text.read_text())
        assert [link for link in links if not (text.parent / link).exists()] == []
