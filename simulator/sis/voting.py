"""Voting of redundant sensors (IEC 61511): MooN, degraded when sensors are BAD."""

from __future__ import annotations

from simulator.core.kernel import rule


@rule
def voted(votes: int, good: int, wanted: int, total: int) -> bool:
    """Whether MooN sensors call for the trip.

    Each BAD sensor lowers the number of votes wanted by one, down to one: 2oo3 becomes 1oo2,
    then 1oo1; with no sensor left the function trips.
    """
    if good == 0:
        return True
    return votes >= max(wanted - (total - good), 1)
