"""Traffic must not slow the PLC down: those who only look have a part of its time, and then wait."""

from __future__ import annotations

import asyncio

PERIOD = 0.01
"""Seconds after which everybody may look again."""


class Turns:
    """Gives a part of the time to clients that share it.

    Parameters
    ----------
    share : float
        Part of the time, 0 to 1.
    """

    def __init__(self, share: float) -> None:
        self._allowed = share * PERIOD
        self._from, self._spent = float("-inf"), 0.0

    async def wait(self) -> None:
        """Return when there is time left in this period, or a new one has begun."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            if now - self._from >= PERIOD:
                self._from, self._spent = now, 0.0
            if self._spent < self._allowed:
                return
            await asyncio.sleep(self._from + PERIOD - now)

    def spend(self, seconds: float) -> None:
        """Somebody used so much of it."""
        self._spent += seconds
