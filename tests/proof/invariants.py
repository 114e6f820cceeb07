"""What must hold after any fault: each trial once, nothing lost, nobody wrongly charged."""

from __future__ import annotations

from collections import Counter
from typing import Any

__all__ = ["ENDINGS", "violations"]

_AT_ONCE = {"1": 1, "threads": 2, "2": 2}
"""How many trials one driver runs at a time."""

ENDINGS = {
    "kill": {"SIGKILL"},
    "kill after": {"SIGKILL"},
    "interrupt": {"KeyboardInterrupt"},
    "interrupt after": {"KeyboardInterrupt"},
    "lost": {"finished"},
    "answer lost": {"finished"},
    "disk full": {"StorageError"},
    # Before and after the driver's loop the signal does what the process is set to.
    "SIGINT": {"KeyboardInterrupt"},
    "SIGTERM": {"SystemExit 143", "SIGTERM"},
}
"""How a run may end that a fault hit, on a server."""


def violations(
    case: dict[str, Any], found: dict[str, Any], undisturbed: dict[str, Any]
) -> list[str]:
    """Return what is wrong after a script met a fault and was run again.

    Args:
        case: What was run.
        found: What the fork server answered.
        undisturbed: The parameters by number of a run without a fault.
    """
    wrong: list[str] = []
    _check_ending(case, found, wrong)
    trials = {trial["number"]: trial for trial in found["trials"]}
    states = {number: trial["state"] for number, trial in trials.items()}
    if states != {int(number): "COMPLETE" for number in undisturbed}:
        wrong.append(f"states {states}")
    for number, trial in trials.items():
        # An adaptive proposal depends on what had ended when it was made.
        exact = case["kind"] != "bayesian" or case["jobs"] == "1"
        if exact and trial["params"] != undisturbed.get(str(number)):
            wrong.append(f"trial {number} has other parameters: {trial['params']}")
    if len({str(sorted(trial["params"].items())) for trial in trials.values()}) != len(trials):
        wrong.append("a point twice")
    _check_runs(case, found, trials, wrong)
    _check_charges(case, trials, wrong)
    if found["files"]:
        wrong.append(f"files left: {found['files']}")
    if found.get("living"):
        wrong.append(f"processes left: {found['living']}")
    # A driver that a fault hit when it struck itself off stays registered, and holds nothing.
    registered = [key for key in found["attrs"] if key.startswith("frameworm:driver")]
    if len(registered) > (found["first"]["ended"] != "finished"):
        wrong.append(f"drivers are still registered: {registered}")
    return wrong


def _check_ending(case: dict[str, Any], found: dict[str, Any], wrong: list[str]) -> None:
    first, second = found["first"], found["second"]
    allowed = ENDINGS[case["fault"]]
    if case["url"].startswith("sqlite") and case["fault"] in ("lost", "answer lost"):
        allowed = {"StorageError"}
    elif case["fault"] in ("lost", "answer lost") and not found["between"].get("trials"):
        # Whoever opens a study is told at once that its server is not there.
        allowed = {"finished", "StorageError"}
    if first["ended"] not in allowed:
        wrong.append(f"the first run ended with {first['ended']}: {first.get('trace', '')[-1500:]}")
    if second["ended"] != "finished":
        wrong.append(f"the second run ended with {second['ended']}: {second.get('trace')}")
    running = [t["number"] for t in found["between"].get("trials", ()) if t["state"] == "RUNNING"]
    if running and first["ended"] not in ("SIGKILL", "SIGTERM"):
        wrong.append(f"left RUNNING by the first run: {running}")


def _check_runs(
    case: dict[str, Any], found: dict[str, Any], trials: dict[int, Any], wrong: list[str]
) -> None:
    runs = Counter(line["number"] for line in found["log"])
    tokens = {(line["number"], line["token"]) for line in found["log"]}
    for number, trial in trials.items():
        if (number, trial["user_attrs"].get("token")) not in tokens:
            wrong.append(f"trial {number} has an outcome that no run of it returned")
    repeated = {number: count for number, count in runs.items() if count > 1}
    # A killed driver takes with it what it had not told; a stop waits for no trial in a thread
    # or a worker.
    stopped = found["first"]["ended"] != "finished"
    may = _AT_ONCE[case["jobs"]] if stopped and _loses(case, found) else 0
    if len(repeated) > may or any(count > 2 for count in repeated.values()):
        wrong.append(f"run more than once: {repeated}")
    for before in found["between"].get("trials", ()):
        if before["state"] == "COMPLETE" and before != trials.get(before["number"]):
            wrong.append(f"trial {before['number']} was COMPLETE as {before} and is changed")


def _loses(case: dict[str, Any], found: dict[str, Any]) -> bool:
    return found["first"]["ended"] in ("SIGKILL", "SIGTERM") or case["jobs"] != "1"


def _check_charges(case: dict[str, Any], trials: dict[int, Any], wrong: list[str]) -> None:
    charged = {
        number: trial["claim"].get("attempt", 0)
        for number, trial in trials.items()
        if trial["claim"].get("attempt", 0)
    }
    killed = case["fault"].startswith("kill") or case["fault"] == "SIGTERM"
    may = _AT_ONCE[case["jobs"]] if killed and case["jobs"] != "2" else 0
    if len(charged) > may or any(count > 1 for count in charged.values()):
        wrong.append(f"wrongly charged: {charged}")
