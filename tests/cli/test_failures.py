"""Errors of a search, in the words of the command line."""

from __future__ import annotations

import pytest

from frameworm.cli.failures import in_flags, report_failure
from frameworm.errors import CommandError, ObjectiveError, SearchArgumentError


@pytest.mark.parametrize(
    ("python", "shell"),
    [
        (
            "run again with retry_failed=True, or raise max_failures.",
            "run again with --retry-failed, or raise --max-failures.",
        ),
        ("sampler='cmaes' is for one metric", "--sampler cmaes is for one metric"),
        ("target is for one metric", "--target is for one metric"),
        (
            "There is no database; check the path in storage=.",
            "There is no database; check the path in --storage.",
        ),
        (
            "Give this search another study_name, or pass extend=True.",
            "Give this search another --study, or pass --extend.",
        ),
        # What a user calls things stays.
        ("ValueError: timeout=5, target=3", "ValueError: timeout=5, target=3"),
        (
            "train.py has no my_n_trials and 'n_trials'",
            "train.py has no my_n_trials and 'n_trials'",
        ),
        ("the search is about the metric", "the search is about the metric"),
    ],
)
def test_arguments_are_told_as_flags(python: str, shell: str) -> None:
    assert in_flags(python) == shell


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (SearchArgumentError("n_jobs is 0"), 2, "--jobs is 0"),
        (CommandError("write train:n_jobs"), 2, "write train:n_jobs"),
        (ObjectiveError("all failed"), 1, "all failed"),
        (OSError("disk full"), 1, "OSError: disk full. 'frameworm --debug ...' shows where."),
    ],
)
def test_an_error_is_one_line_and_a_code(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_failure(error) == code
    assert capsys.readouterr().err == f"frameworm: error: {said}\n"
