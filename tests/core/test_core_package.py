from __future__ import annotations

import subprocess
import sys


def test_import_and_replace_load_nothing_heavy() -> None:
    code = (
        "import sys; from frameworm.core import Config, list_models; list_models();"
        "Config.from_dict({'a': {'b': 1}}).replace({'a.b': 2}).copy().to_dict();"
        "print([m for m in ('torch', 'omegaconf', 'pydantic', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
