"""The PLC's Modbus TCP server: conduits, clients, held-back reads, and what the run hears of them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.modbus.access import Conduit, Refusal, Refusals, Role
from simulator.modbus.answer import answer
from simulator.modbus.connection import Connection, Limits
from simulator.modbus.frames import Frame, FrameError
from simulator.modbus.image import Image, Words
from simulator.modbus.register_map import RegisterMap
from simulator.modbus.request import WRITES, write_of
from simulator.modbus.turns import Turns

_ACTING = (Role.AI, Role.OPERATOR)
"""Who need not wait while others look."""
_BACKLOG = 16
_PAUSE = 0.01
AI_CONDUIT = Conduit(Role.AI)
"""The AI host is on the same machine; whoever else connects may read."""


class Server:
    """A PLC on the network.

    Parameters
    ----------
    registers : RegisterMap
        What it shows and takes.
    ai : Conduit
        The conduit of the AI host, which `start` opens.
    limits : Limits
        How many clients, and how long each may take.
    hold_back : bool
        Lock-step: a read of the host block by the AI waits until a scan is published that this
        connection was not sent yet, so that nobody polls. In real time a read is answered at once.
    clock : callable
        Time by which ages are told [s]; that of the event loop when absent.

    Attributes
    ----------
    image : Image
        The words; ``image.scans`` counts what was published, ``image.writes`` what the AI wrote.
    refusals : Refusals
        What was refused.

    Notes
    -----
    Everything happens on the event loop that called `start`; call the methods there.
    """

    def __init__(
        self,
        registers: RegisterMap,
        ai: Conduit = AI_CONDUIT,
        limits: Limits | None = None,
        hold_back: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.registers, self.image, self.refusals = registers, Image(registers), Refusals()
        self._ai, self._limits, self._hold_back = ai, limits or Limits(), hold_back
        self._clock = clock
        self._begun = 0.0
        self._turns = Turns(self._limits.share)
        self._listeners: dict[asyncio.Task[None], socket.socket] = {}
        self._clients: dict[asyncio.Task[None], Connection] = {}
        self._published, self._written = asyncio.Event(), asyncio.Event()
        host = registers["host"]
        self._host = range(host.base, host.base + len(host.registers))

    def now(self) -> float:
        """Time by which ages are told [s]."""
        return self._clock() if self._clock else asyncio.get_running_loop().time()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Open the AI's conduit; port 0 lets the system choose.

        Returns
        -------
        int
            The port.

        Raises
        ------
        OSError
            When the address cannot be bound.
        """
        return await self.listen(self._ai, host, port)

    async def listen(self, conduit: Conduit, host: str = "127.0.0.1", port: int = 0) -> int:
        """Open another conduit; see `start`."""
        if not self._listeners:
            self._begun = self.now()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        listener.setblocking(False)
        task = asyncio.get_running_loop().create_task(self._accept(conduit, listener))
        self._listeners[task] = listener
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        """Close every conduit and every connection."""
        await _ended(self._listeners)
        for listener in self._listeners.values():
            listener.close()
        clients = dict(self._clients)
        await _ended(clients)
        for client in clients.values():
            client.release()
        self._listeners.clear()

    # --- what the run says and hears ---

    def publish(self, words: Words | Sequence[int]) -> None:
        """A new scan: what follows the host block's header, cycle and points, shape (1 + n_points,)."""
        self.image.publish(words, self.now())
        self._tell()
        self._published.set()
        self._published = asyncio.Event()

    def show(self, block: str, words: Words | Sequence[int]) -> None:
        """Publish another block: its registers after the header."""
        self.image.show(block, words, self.now())

    @property
    def writes(self) -> int:
        """How many writes of the AI were taken; pass it to `wait_written` to hear of the next."""
        return self.image.writes

    async def wait_written(self, sequence: int, timeout: float) -> NDArray[np.uint16] | None:
        """The mailbox as the AI handed it over, once more than `sequence` writes were taken.

        Returns
        -------
        ndarray of uint16 or None
            In the order of the write link: a value per loop, cycle, heartbeat, sequence; shape
            (n_loops + 3,). None after `timeout` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                while self.image.writes <= sequence:
                    await self._written.wait()
        except TimeoutError:
            return None
        return self.image.taken.copy()

    def pressed(self) -> NDArray[np.bool_]:
        """What the operator ordered since the last call, shape (n_actions,)."""
        return self.image.pressed()

    @property
    def refused(self) -> list[Refusal]:
        """The writes that were refused: the first of them; `refusals` counts all."""
        return self.refusals.kept

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Who is connected."""
        return tuple(self._clients.values())

    # --- clients ---

    async def _accept(self, conduit: Conduit, listener: socket.socket) -> None:
        """Let clients in, or close at once: a refused one must cost next to nothing."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except OSError:  # the client has gone already, or the process has no sockets left
                await asyncio.sleep(_PAUSE)
                continue
            role = conduit.role_of(address[0])
            if role is None or not self._has_room(role):
                self.refusals.connections += 1
                sock.close()
            else:
                self._let_in(sock, f"{address[0]}:{address[1]}", role)
            await asyncio.sleep(0)

    def _let_in(self, sock: socket.socket, source: str, role: Role) -> None:
        turns = None if role in _ACTING else self._turns
        client = Connection(sock, source, role, self._limits, turns)
        task = asyncio.get_running_loop().create_task(self._attend(client))
        self._clients[task] = client
        task.add_done_callback(self._clients.pop)

    async def _attend(self, client: Connection) -> None:
        try:
            await client.run(self._serve)
        except FrameError:
            self.refusals.frames += 1

    def _has_room(self, role: Role) -> bool:
        """Whether there is a place; among those of a known role, the silent one gives way."""
        mine = [one for one in self.connections if one.role is role]
        full = len(mine) >= self._limits.places(role)
        if full and role is not Role.NONE:
            min(mine, key=lambda one: one.heard).drop()
        return not full or role is not Role.NONE

    async def _serve(self, client: Connection, frame: Frame) -> bytes:
        if self._hold_back and client.role is Role.AI and self._asks_host(frame.pdu):
            while self.image.scans <= client.seen:
                await self._published.wait()
            client.seen = self.image.scans
        found = answer(self.image, client.role, frame.unit, frame.pdu, self.now())
        if found.handed_over:
            self._written.set()
            self._written = asyncio.Event()
        if found.code and frame.pdu[0] in WRITES:
            self._refuse(client, frame.pdu, found.code)
        return Frame(frame.transaction, frame.unit, found.pdu).encode()

    def _asks_host(self, pdu: bytes) -> bool:
        return pdu[0] == 4 and len(pdu) == 5 and int.from_bytes(pdu[1:3], "big") in self._host

    def _refuse(self, client: Connection, pdu: bytes, code: int) -> None:
        asked, when = write_of(pdu), int((self.now() - self._begun) * 1000)
        about = asked.function, asked.address, asked.count, code
        self.refusals.add(Refusal(when, self.image.scans, client.source, client.role, *about))
        self._tell()

    def _tell(self) -> None:
        """Show what was refused, so that the PLC's own alarm and any client can see it."""
        about, last = self.refusals, self.refusals.last
        words = [about.writes, int(about.writes > 0), about.connections, len(self.connections), about.frames]
        words += [list(Role).index(last.role), last.function, last.address] if last else [0, 0, 0]
        self.show("door", [word & 0xFFFF for word in words])


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks and wait until each has ended."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
