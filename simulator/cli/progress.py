"""A progress bar for long runs, or nothing."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

_PERIOD = 0.1
"""Least time between two pictures of the bar [s]."""


class Bar:
    """Shows what is being done; ``tell`` is what a campaign calls.

    Parameters
    ----------
    shown : bool
        Without it every call does nothing.
    """

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._bar: Any = None
        self._task: Any = None
        self._drawn = -_PERIOD

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            console = Console(stderr=True)
            if not console.is_terminal:  # a file would get an empty line, and nothing else
                return self
            text, left = TextColumn("{task.description:<34}"), TimeRemainingColumn()
            columns = (text, BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(), left)
            # without a thread of its own: beside threads, workers cannot be forked
            self._bar = Progress(*columns, console=console, transient=True, auto_refresh=False)
            self._bar.start()
            self._task = self._bar.add_task("starting", total=1.0)
        return self

    def tell(self, text: str, done: int, total: int) -> None:
        """Say what was done, and how much of it all."""
        if self._bar is not None:
            self._bar.update(self._task, description=text, completed=done, total=max(total, 1))
            if time.monotonic() - self._drawn >= _PERIOD:
                self._drawn = time.monotonic()
                self._bar.refresh()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
