"""What a command says when its work is broken off: by Ctrl-C, a lost worker, or a budget that is used up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simulator.core.errors import Interrupted


@contextmanager
def broken_off(kept: str) -> Iterator[None]:
    """Say what is left, and where.

    Parameters
    ----------
    kept : str
        What was kept, and what it is worth.

    Raises
    ------
    Interrupted
        In place of what broke the work off; no traceback of it is shown.
    """
    from simulator.campaign.execute import WorkerLost

    try:
        yield
    except (WorkerLost, Interrupted) as error:
        raise Interrupted(f"{error}\n{kept}") from None
    except KeyboardInterrupt:
        raise Interrupted(kept) from None
