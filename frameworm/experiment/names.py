"""Which names are allowed, and what is made of them on disk."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import PurePosixPath

from frameworm.errors import ExperimentNameError

__all__ = ["artifact_name", "experiment_name", "free_text", "label", "new_id", "tag_tuple"]

_LONGEST = 200
_SLUG_LENGTH = 40


def experiment_name(name: object) -> str:
    r"""Return ``name`` if an experiment can be called that.

    Args:
        name: One line of printable text without ``/`` and ``\``, and not ``.`` or ``..``.

    Returns:
        The name as it is.

    Raises:
        ExperimentNameError: If it breaks the rule.

    Example:
        >>> experiment_name("learning rate 1e-3")
        'learning rate 1e-3'
        >>> experiment_name("../x")
        Traceback (most recent call last):
        ...
        frameworm.errors.ExperimentNameError: An experiment name must not contain '/' or ...
    """
    text = label("experiment name", name)
    if "/" in text or "\\" in text or text in (".", ".."):
        raise ExperimentNameError(
            "An experiment name must not contain '/' or '\\' or be '.' or '..', so that its "
            f"directory stays in the root directory; got {name!r}. Try 'a-b' instead of 'a/b'."
        )
    return text


def label(kind: str, value: object) -> str:
    """Return ``value`` if it is one non-empty line of printable text.

    Args:
        kind: What it names, for the message.
        value: The text.

    Returns:
        The text as it is.

    Raises:
        ExperimentNameError: If it is not.

    Example:
        >>> label("tag", "grid_search")
        'grid_search'
    """
    if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= _LONGEST:
        return str(value)
    raise ExperimentNameError(
        f"The {kind} must be one line of 1 to {_LONGEST} printable characters; got {value!r}. "
        "Choose another."
    )


def free_text(kind: str, value: object) -> str:
    r"""Return any text in a form that can be stored.

    Args:
        kind: What it is, for the message.
        value: The text; a traceback may hold characters that have no form in UTF-8.

    Returns:
        The text, with ``?`` for such characters.

    Raises:
        ExperimentNameError: If it is no text.

    Example:
        >>> free_text("description", "two\nlines \udcff")
        'two\nlines ?'
    """
    if not isinstance(value, str):
        raise ExperimentNameError(f"The {kind} must be text, got {value!r}. Use str(...).")
    return value.encode("utf-8", "replace").decode("utf-8")


def tag_tuple(tags: str | Iterable[str]) -> tuple[str, ...]:
    """Return the tags, each once, in their order; a lone string is one tag.

    Example:
        >>> tag_tuple("vae"), tag_tuple(["vae", "digits", "vae"])
        (('vae',), ('vae', 'digits'))
    """
    several = [tags] if isinstance(tags, str) else tags
    if not isinstance(several, Iterable):
        raise ExperimentNameError(f"Tags are a list of strings, got {tags!r}. Write ['digits'].")
    return tuple(dict.fromkeys(label("tag", tag) for tag in several))


def artifact_name(name: object) -> PurePosixPath:
    """Return ``name`` as a relative path that stays in the artifact directory.

    Args:
        name: A file name, or a path below the artifact directory with ``/`` between its parts.

    Returns:
        The path.

    Raises:
        ExperimentNameError: If it is absolute, leads upwards, or is not printable text.

    Example:
        >>> str(artifact_name("plots/loss.png"))
        'plots/loss.png'
    """
    text = label("artifact name", name)
    path = PurePosixPath(text)
    if path.is_absolute() or "\\" in text or ".." in path.parts or not path.parts:
        raise ExperimentNameError(
            "An artifact name is a path below the artifact directory, without '..' and '\\'; "
            f"got {name!r}. Try {path.name.strip('.') or 'artifact'!r}."
        )
    return path


def new_id(name: str) -> str:
    """Return a readable id that no other experiment has: name, time in UTC, random digits.

    Example:
        >>> import re
        >>> bool(re.fullmatch(r"my-vae-[0-9]{8}-[0-9]{6}-[0-9a-f]{8}", new_id("my vae")))
        True
    """
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:_SLUG_LENGTH].strip("-")
    now = datetime.now(timezone.utc)
    return f"{slug or 'experiment'}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
