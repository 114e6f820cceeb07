"""The base config: a YAML file and what ``--set`` puts over it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from pathlib import Path

from frameworm.core import Config
from frameworm.core.tree import keys_of, slip_hint
from frameworm.errors import CommandError, ConfigValueError

__all__ = ["check_not_searched", "read_base"]


def read_base(path: Path, settings: Sequence[str]) -> Config:
    """Return the base config.

    Args:
        path: The YAML file.
        settings: Dotted keys with values in YAML, such as ``"training.epochs=5"``.

    Raises:
        CommandError: If a setting is not written ``key=value``, or its key is nearly one that
            the file has.
        ConfigValueError: If the file or a value cannot be used.
    """
    if not settings:
        return Config(path)
    keys = [_key(setting) for setting in settings]
    with contextlib.suppress(ConfigValueError):  # what is marked ??? in the file is not given yet
        known = list(keys_of(Config(path).to_dict()))
        for key in keys:
            if key not in known and "[" not in key and (hint := slip_hint(key, known)):
                raise CommandError(f"--set {key}=...: {path} has no {key!r}.{hint}")
    return Config.from_cli_args(path, settings)


def check_not_searched(settings: Sequence[str], searched: Collection[str]) -> None:
    """Refuse to set what is searched.

    Args:
        settings: As for `read_base`.
        searched: The keys of the search space.

    Raises:
        CommandError: If a key is in the search space.
    """
    for setting in settings:
        if (key := _key(setting)) in searched:
            raise CommandError(
                f"--set {setting}: {key!r} is searched, so each trial sets it. Leave out --set, or "
                "take the key out of --space."
            )


def _key(setting: str) -> str:
    key, equals, _ = setting.partition("=")
    if not equals or not key.strip():
        raise CommandError(f"--set is written key=value, as in training.epochs=5, got {setting!r}.")
    return key.strip()
