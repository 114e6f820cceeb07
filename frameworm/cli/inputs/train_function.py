"""The train function that a command line names as ``package.module:function``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from frameworm.errors import CommandError, nearest

__all__ = ["load_train_function"]


def load_train_function(name: str) -> Callable[[Any], Any]:
    """Import a train function; its module may lie in the working directory.

    Args:
        name: As in ``package.module:function``.

    Raises:
        CommandError: If it cannot be imported.
    """
    module_name, colon, path = name.partition(":")
    if not colon or not module_name or not path:
        raise CommandError(
            f"--train is written package.module:function, got {name!r}. For train_fn in train.py "
            "write train:train_fn."
        )
    if module_name.endswith(".py") or "/" in module_name:
        module = module_name.removesuffix(".py").strip("./").replace("/", ".")
        raise CommandError(
            f"--train names a module, not a file: write {module}:{path} instead of {name}."
        )
    here = str(Path.cwd())
    if here not in sys.path:
        # Workers get this path too, so they import the same module.
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == module_name
        hint = f" It is looked for in {here} and among the installed packages." if missing else ""
        raise CommandError(
            f"--train cannot import {module_name}: {type(error).__name__}: {error}.{hint}"
        ) from error
    for part in path.split("."):
        if not hasattr(found, part):
            public = [key for key in vars(found) if not key.startswith("_")]
            raise CommandError(
                f"--train: {module_name} has no {path!r}.{nearest(part, public)} Name a function "
                "that is defined there."
            )
        found = getattr(found, part)
    if not callable(found):
        raise CommandError(f"--train: {name} is a {type(found).__name__}; name a function.")
    return found  # type: ignore[no-any-return]  # checked one line above
