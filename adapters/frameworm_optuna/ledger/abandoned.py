"""Which trials count as running though nothing runs them any more."""

from __future__ import annotations

from frameworm_optuna.ledger.protocol import Ledger

__all__ = ["abandoned"]


def abandoned(ledger: Ledger) -> frozenset[int]:
    """Return the numbers of running trials whose driver is known to be gone.

    A driver on another host, and plain Optuna, get the benefit of the doubt: one look does not show
    whether they live.

    Args:
        ledger: The study's ledger.
    """
    # In this order: a driver registers before it claims its first trial.
    running = [(trial.number, trial.driver) for trial in ledger.running()]
    drivers = ledger.drivers() if any(driver is not None for _, driver in running) else {}
    return frozenset(
        number
        for number, driver in running
        if driver is not None and (driver not in drivers or drivers[driver][0].is_alive() is False)
    )
