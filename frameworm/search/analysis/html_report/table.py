"""The trials of a report as compact columns for its script."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["last_line", "table_json"]

_MOST_ERROR = 160
_LABELS = {
    "trial_idx": "trial",
    "datetime_start": "started",
    "duration": "seconds",
    "datetime_complete": "",  # the start and the seconds say it
}


def table_json(flat: pd.DataFrame, exact: Collection[str] = ()) -> str:
    r"""Return trials as JSON that is safe inside a script element.

    A column is ``{"name", "numbers": [...]}``, or ``{"name", "words": [...], "codes": [...]}`` with
    each different text once. Numbers are rounded to six digits. Of an error the last line is kept.

    Args:
        flat: The trials as `flat_frame` returns them.
        exact: Columns whose numbers are not rounded.

    Example:
        >>> import pandas as pd
        >>> table_json(pd.DataFrame({"score": [0.25, float("inf")], "model": ["a", "</script>"]}))
        '[{"name":"score","numbers":[0.25,1e999]},{"name":"model","words":["a","\\u003c/script>"],"codes":[0,1]}]'
    """
    columns = []
    for name, values in ((str(name), flat[name]) for name in flat):
        label = _LABELS.get(name, name)
        if not label or (name == "error" and values.isna().all()):
            continue
        if values.dtype.kind in "iuf":
            write = functools.partial(_number, digits=17 if name in exact else 6)
            listed = ",".join(map(write, values.tolist()))
            columns.append(f'{{"name":{_text(label)},"numbers":[{listed}]}}')
            continue
        texts = [_shown(name, value) for value in values.tolist()]
        columns.append(_words(label, texts))
    return f"[{','.join(columns)}]"


def _words(name: str, texts: Sequence[str | None]) -> str:
    words = list(dict.fromkeys(text for text in texts if text is not None))
    place = {word: index for index, word in enumerate(words)}
    codes = ",".join("-1" if text is None else str(place[text]) for text in texts)
    listed = ",".join(map(_text, words))
    return f'{{"name":{_text(name)},"words":[{listed}],"codes":[{codes}]}}'


def _shown(name: str, value: Any) -> str | None:
    if value is None or value != value:  # NaN and NaT
        return None
    if name == "datetime_start":
        return str(value)[:19]
    text = str(value)
    if name == "error":
        text = last_line(text)
    return text


def last_line(error: str) -> str:
    """Return the line of a traceback that names the error, shortened."""
    lines = [line for line in error.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:_MOST_ERROR] if lines else ""


def _number(value: float, digits: int) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "null"
    if math.isinf(value):
        # JSON has no infinity, but a number too large for a double reads as one.
        return "1e999" if value > 0 else "-1e999"
    return repr(value) if digits > 16 else f"{value:.{digits}g}"


def _text(value: str) -> str:
    # "</script>" in a text would end the element; "<" only occurs inside texts.
    return json.dumps(value).replace("<", "\\u003c")
