"""Docstrings as mkdocstrings reads them: examples that are code, names without Sphinx's roles."""

import re
from typing import Any

from griffe import Extension, Object

_ROLE = re.compile(r":\w+:`~?([\w.]+)`")


class Docstrings(Extension):
    """Google's section is called ``Example`` in our docstrings, ``Examples`` in griffe's parser."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring:
            text = re.sub(r"^Example:$", "Examples:", obj.docstring.value, flags=re.MULTILINE)
            obj.docstring.value = _ROLE.sub(r"`\1`", text)
