"""What every method is: a generator that asks for points and is sent their scores."""

from __future__ import annotations

from collections.abc import Callable, Generator

from simulator.campaign.search.found import Reals

Asking = Generator[Reals, Reals, None]
"""Asks for points (n, d), is sent scores (n,): margins of its requirement, infinite where undecided."""

Lead = Callable[[], tuple[Reals, float]]
"""The point with the least score that any method has asked for so far, and that score."""
