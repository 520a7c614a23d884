"""Threats that act outside the PLC, on real connections: they need an AI behind Modbus TCP.

In the engine they keep time and tell the truth; what they do is done by a relay in the AI's conduit,
by clients that should not be there, and by a panel. The told value is the parameter that it acts with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.core.param import Param
from simulator.threats import KINDS, LONGEST, Kind

_TIME = Param("ms", above=0, at_most=LONGEST)
_EVERY = {"every": _TIME}


def elsewhere(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Nothing happens inside the PLC."""


WIRED: Mapping[str, Kind] = {
    # the conduit between AI host and PLC
    "slow": Kind(elsewhere, ("link",), {"by": _TIME}, False, tells="by"),
    "cut": Kind(elsewhere, ("link",), {}, False),
    "silent": Kind(elsewhere, ("link",), {}, False),
    "flap": Kind(elsewhere, ("link",), {"period": _TIME}, False, tells="period"),
    # writes acknowledged in the PLC's name and dropped; writes and reads of a man in the middle's own
    "block": Kind(elsewhere, ("link",), {"probability": Param("1", at_least=0, at_most=1)}, False),
    "inject": Kind(elsewhere, ("link",), {"value": Param("target")}, False, tells="value"),
    "flood": Kind(
        elsewhere, ("link",), {"requests": Param("1", at_least=1, at_most=64)}, False, tells="requests"
    ),
    # clients that nobody has invited
    "rogue": Kind(elsewhere, ("network",), _EVERY, False, tells="every"),
    "force_mode": Kind(elsewhere, ("network",), _EVERY, False, tells="every"),
    "attack_sis": Kind(elsewhere, ("network",), _EVERY, False, tells="every"),
    # somebody who speaks with the AI's own identity, after each of its writes
    "usurp": Kind(elsewhere, ("network",), {"value": Param("target")}, tells="value"),
    "usurp_any": Kind(elsewhere, ("network",), {}, False),
    # an operator at a panel of his own
    "order": Kind(elsewhere, ("panel",), {}),
}
EVERY: Mapping[str, Kind] = {**KINDS, **WIRED}
"""Every kind that a scenario may name."""
