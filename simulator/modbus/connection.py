"""One client: frames in, answers out in the same order, and no patience without end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from simulator.modbus.access import Role
from simulator.modbus.frames import Frame, Splitter
from simulator.modbus.turns import Turns

_CHUNK = 2048
_BUFFER = 16384
_BURST = 8
"""So many requests of one client in a row, then the others have their turn."""
_WAKE = 50e-6
"""What it costs to hear a client at all [s]; and an answer costs the socket as much again as the PLC."""


@dataclass(frozen=True)
class Limits:
    """How many clients, and how much of the PLC's time each may take.

    Attributes
    ----------
    connections : int
        Open at a time, all conduits together.
    kept : int
        Of these, kept for each role that is known: nobody else takes them, and the role takes no more.
        When it opens one more, the one that was silent longest gives way: a dead peer locks nobody out.
    idle, frame, answer : float
        Seconds without a request, from the first byte of a frame to its last, and until an answer
        is taken.
    share : float
        Part of the server's time for all who neither are the AI nor the operator.
    """

    connections: int = 32
    kept: int = 4
    idle: float = 60.0
    frame: float = 5.0
    answer: float = 5.0
    share: float = 0.4

    def places(self, role: Role) -> int:
        """How many connections a role may have."""
        return self.connections - self.kept * (len(Role) - 1) if role is Role.NONE else self.kept


Serve = Callable[["Connection", Frame], Awaitable[bytes]]
"""Gives the bytes of the answer; it may wait."""


class Connection:
    """A client that was let in.

    Parameters
    ----------
    sock : socket
        Its socket, which the connection owns from now on.
    role : Role
        Its role.
    limits : Limits
        How long it may take.
    turns : Turns or None
        The time that it shares with others; None when it need not wait.

    Attributes
    ----------
    source : str
        Its address and port.
    seen : int
        Number of the last scan that it was sent, when reads are held back.
    heard : float
        When it last sent something or was answered, by the clock of the loop [s].
    """

    def __init__(
        self, sock: socket.socket, source: str, role: Role, limits: Limits, turns: Turns | None
    ) -> None:
        self.role, self.source, self.seen = role, source, 0
        self.heard = self._begun = asyncio.get_running_loop().time()
        self._sock, self._limits, self._turns = sock, limits, turns
        self._splitter = Splitter()
        self._writer: asyncio.StreamWriter | None = None
        self._dropped = False

    async def run(self, serve: Serve) -> None:
        """Serve until the client ends, falls silent, or sends what is no Modbus.

        Raises
        ------
        FrameError
            When the stream is no Modbus TCP; what came before it was answered.
        """
        # small buffers, so that a client that takes no answers is noticed, and soon
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        # several answers in a row are not held together for the 40 ms of a delayed acknowledgement
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader, writer = await asyncio.open_connection(sock=self._sock, limit=2 * _CHUNK)
        writer.transport.set_write_buffer_limits(high=_BUFFER)
        self._writer = writer
        try:
            while not self._dropped and (data := await self._receive(reader)):
                await self._each(data, serve, writer)
        except (TimeoutError, ConnectionError):
            self.drop()
        finally:
            await _close(writer, self._limits.answer)

    async def _receive(self, reader: asyncio.StreamReader) -> bytes:
        """The next bytes; empty at the end."""
        if self._turns:
            await self._turns.wait()
            self._turns.spend(_WAKE)
        # a frame that has begun must end in time, however slowly its bytes drip
        begun = self._splitter.pending
        until = self._begun + self._limits.frame if begun else self.heard + self._limits.idle
        async with asyncio.timeout_at(until):
            data = await reader.read(_CHUNK)
        self.heard = asyncio.get_running_loop().time()
        self._begun = self._begun if begun else self.heard
        return data

    async def _each(self, data: bytes, serve: Serve, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        for served, frame in enumerate(self._splitter.feed(data), 1):
            await self._send(await self._served(frame, serve), writer)
            # an answer that was held back is no silence of the client
            self._begun = self.heard = loop.time()
            if served % _BURST == 0:
                await asyncio.sleep(0)

    async def _served(self, frame: Frame, serve: Serve) -> bytes:
        if not self._turns:
            return await serve(self, frame)
        await self._turns.wait()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        answer = await serve(self, frame)
        self._turns.spend(2.0 * (loop.time() - begun))
        return answer

    async def _send(self, answer: bytes, writer: asyncio.StreamWriter) -> None:
        if writer.is_closing():
            raise ConnectionResetError("the client has gone")
        writer.write(answer)
        if writer.transport.get_write_buffer_size():
            async with asyncio.timeout(self._limits.answer):
                await writer.drain()

    def drop(self) -> None:
        """End at once; the reader sees the end of the stream."""
        self._dropped = True
        if self._writer:
            self._writer.transport.abort()

    def release(self) -> None:
        """Close the socket, if nothing else has."""
        self._sock.close()


async def _close(writer: asyncio.StreamWriter, patience: float) -> None:
    """Send what is waiting and close; after `patience` seconds, close whatever is waiting."""
    writer.close()
    try:
        async with asyncio.timeout(patience):
            await writer.wait_closed()
    except ConnectionError:
        pass
    except TimeoutError:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
