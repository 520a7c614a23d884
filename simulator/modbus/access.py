"""Who may do what: roles by conduit and source address, and a record of what was refused.

Modbus TCP knows no identity. The role follows from the conduit (a listener of its own for the AI
host, the operator, the engineering station) and from the source address, which must both fit. An
address can be forged by whoever is on the same conduit: that is a residual risk, not a protection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

KEPT = 1000
"""So many refusals are kept, the first ones, so that a flood of them fills no memory; all are counted."""


class Role(StrEnum):
    """Who speaks; an unknown source has the role ``none``, which writes nothing."""

    AI = "ai"
    OPERATOR = "operator"
    ENGINEERING = "engineering"
    NONE = "none"


class Unknown(StrEnum):
    """What becomes of a source that a conduit does not know."""

    READ_ONLY = "read-only"
    REFUSED = "refused"


@dataclass(frozen=True)
class Conduit:
    """One listener.

    Parameters
    ----------
    role : Role
        Role of the sources that it knows.
    sources : tuple of str
        Addresses or networks, such as ``127.0.0.2`` or ``10.1.0.0/24``.
    unknown : Unknown
        What becomes of any other source.

    Raises
    ------
    ValueError
        When a source is no address or network.
    """

    role: Role
    sources: tuple[str, ...] = ("127.0.0.1",)
    unknown: Unknown = Unknown.READ_ONLY

    def __post_init__(self) -> None:
        for source in self.sources:
            ip_network(source)

    def role_of(self, source: str) -> Role | None:
        """Role of a source address; None when it may not even connect."""
        address = ip_address(source.partition("%")[0])
        if any(address in ip_network(known) for known in self.sources):
            return self.role
        return Role.NONE if self.unknown is Unknown.READ_ONLY else None


@dataclass(frozen=True)
class Refusal:
    """A write that was refused.

    Attributes
    ----------
    when : int
        Time since the server started [ms].
    scan : int
        How many scans were published by then.
    source : str
        Address and port of the client.
    role : Role
        Its role.
    function, address, count : int
        What it asked for.
    code : int
        Exception code of the answer.
    """

    when: int
    scan: int
    source: str
    role: Role
    function: int
    address: int
    count: int
    code: int


@dataclass
class Refusals:
    """What was refused since the start.

    Attributes
    ----------
    kept : list of Refusal
        The first of them.
    writes, connections, frames : int
        How many writes, connections, and frames that are no Modbus.
    """

    kept: list[Refusal] = field(default_factory=list)
    last: Refusal | None = None
    writes: int = 0
    connections: int = 0
    frames: int = 0

    def add(self, refusal: Refusal) -> None:
        """Record a refused write."""
        self.writes += 1
        self.last = refusal
        if len(self.kept) < KEPT:
            self.kept.append(refusal)
