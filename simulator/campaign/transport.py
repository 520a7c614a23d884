"""Runs blocks with the AI behind Modbus TCP, in lock step: the tick waits until the AI has written.

The run's time is virtual, so a trace does not depend on how quick the network is. Only when an answer
does not come within the patience does the wall clock enter: then the record ends there, and nothing
that it leaves open is a PASS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np

from simulator.campaign.hosts import Host
from simulator.campaign.routes import Direct, Patience, Relayed, Serve, Silent, lock_step, relayed
from simulator.core.clock import show
from simulator.core.errors import InputError, Interrupted, Problem
from simulator.core.traces import ArrayTraces
from simulator.engine.block import Block, Channel
from simulator.scenario.build import Case, build
from simulator.scenario.build.registers import registers
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.plant import Ai

Channels = Mapping[str, Channel]


@dataclass(frozen=True)
class Link:
    """How the AI is reached.

    Attributes
    ----------
    kind : str
        ``process``: called as a function; ``tcp``: a Modbus client.
    controller : str
        Over TCP: ``own``, started by the run; ``external``, somebody else's, which the run waits for.
    port : int
        Where an external controller finds the PLC; 0 lets the system choose.
    begin, patience : float
        Seconds that a controller has for its first answer, and for each that follows.
    """

    kind: Literal["process", "tcp"] = "process"
    controller: Literal["own", "external"] = "own"
    port: int = 0
    begin: float = 60.0
    patience: float = 20.0

    def told(self) -> dict[str, Any]:
        """What the record says of it."""
        return {"kind": self.kind} | ({"controller": self.controller} if self.kind == "tcp" else {})


IN_PROCESS = Link()


@dataclass
class _Place:
    """Where one AI meets its PLC: the port, its process, and whether it has ever answered."""

    port: int
    host: Host | None = None
    met: bool = False

    def ended(self) -> str:
        """How its process ended; empty while it runs, or is somebody else's."""
        return self.host.ended() if self.host else ""

    def leave(self) -> None:
        """End its process, if it is ours: the next replica gets a new one."""
        if self.host:
            self.host.end()
        self.host, self.met = None, False


class Transport:
    """Runs cases over TCP; the controllers stay for as long as it is open.

    Parameters
    ----------
    link : Link
        How the AI is reached.

    Attributes
    ----------
    incidents : list of str
        What went wrong on the wire, in order; each has left a record that is not complete.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.incidents: list[str] = []
        self._places: dict[tuple[str, str], _Place] = {}
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every controller that was started."""
        for place in self._places.values():
            place.leave()
        self._places.clear()
        self._runner.close()

    def run(
        self, plant: ResolvedPlant, case: Case, channels: Channels, serve: Serve = lock_step
    ) -> ArrayTraces:
        """Run every replica of a case, one after another, each over a connection of its own.

        Parameters
        ----------
        plant, case, channels
            What to run, and what to record.
        serve : callable
            Makes the PLC's server; a mutant makes another.

        Raises
        ------
        InputError
            When the port cannot be had.
        Interrupted
            When a controller never answers, not even once.
        """
        parts = [self._runner.run(self._replica(plant, one, channels, serve)) for one in _single(case)]
        data = {name: np.concatenate([p.data[name] for p in parts], axis=1) for name in parts[0].data}
        complete = np.concatenate([part.complete for part in parts])
        return ArrayTraces(parts[0].period, parts[0].signals, data, complete)

    def told(self) -> tuple[str, ...]:
        """The incidents since the last call."""
        told, self.incidents = tuple(self.incidents), []
        return told

    async def _replica(
        self, plant: ResolvedPlant, case: Case, channels: Channels, serve: Serve
    ) -> ArrayTraces:
        place = self._places.setdefault((str(plant.file), case.variant), _Place(self.link.port))
        block = build(case)
        server = serve(registers(case.names, _ai(case)))
        route: Direct | Relayed = Relayed(case, block, server) if relayed(case) else Direct(block, server)
        place.port = await _listen(route, place.port)
        try:
            self._start(plant, case.variant, place)
            return await self._play(block, channels, route, place, f"{case.scenario.id} {case.first}")
        finally:
            await route.stop()

    def _start(self, plant: ResolvedPlant, variant: str, place: _Place) -> None:
        if place.ended() or self.link.controller == "external":
            place.leave()  # somebody else's has to be met anew on each connection
        if self.link.controller == "own" and place.host is None:
            place.host = Host(place.port, plant.file, variant, plant.foreign)

    async def _play(
        self, block: Block, channels: Channels, route: Direct | Relayed, place: _Place, name: str
    ) -> ArrayTraces:
        begun = block.begin(channels)
        patience = Patience(self.link.begin, self.link.patience, place.ended)
        for now in begun.engine.questions(block.duration):
            try:
                await route.exchange(now, patience)
            except Silent as silent:
                if not place.met:
                    raise Interrupted(f"{name}: {silent}; nothing was ever answered") from None
                self.incidents.append(f"{name} at {show(now)}: {silent}")
                place.leave()
                return begun.traces(complete=False)
            place.met = True
        return begun.traces()


@contextmanager
def opened(link: Link) -> Iterator[Transport | None]:
    """The transport of a run; None where the AI is called as a function."""
    if link.kind == "process":
        yield None
        return
    with Transport(link) as transport:
        yield transport


def _ai(case: Case) -> Ai:
    if case.ai is None:
        raise ValueError("a case without an AI has nobody to reach")
    return case.ai


def _single(case: Case) -> Iterator[Case]:
    """Every replica of a case as a case of its own with a remote AI, plant by plant."""
    for altered in case.plants:
        for k in range(case.n):
            begin = {name: values[k : k + 1] for name, values in case.begin.items()}
            alone = case.replicas(case.first + k, 1)
            yield replace(alone, plants=(altered,), begin=begin, remote=True)


async def _listen(route: Direct | Relayed, port: int) -> int:
    try:
        return await route.start(port)
    except OSError as error:
        got, wanted = f"port {port}: {error.strerror or error}", "a port that is free"
        hint = "another PLC or another run may be using it; give another with --port, or none"
        raise InputError(Problem(got, wanted, hint=hint)) from None
