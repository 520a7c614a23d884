"""One client: frames in, answers out in the same order, and no patience without end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from simulator.modbus.access import Role
from simulator.modbus.frames import Frame, Splitter

_CHUNK = 2048
_BUFFER = 16384
_TURN = 8
"""So many requests of one client in a row, then the others have their turn."""


@dataclass(frozen=True)
class Limits:
    """How many clients, and how long each may take.

    Attributes
    ----------
    connections : int
        Open at a time, all conduits together.
    kept_for_ai : int
        Of these, kept for the AI host: nobody else takes them, and it takes no more. When it opens
        one more, the one that was silent longest gives way: a dead peer does not lock it out.
    idle, frame, answer : float
        Seconds without a request, from the first byte of a frame to its last, and until an answer
        is taken.
    """

    connections: int = 32
    kept_for_ai: int = 4
    idle: float = 60.0
    frame: float = 5.0
    answer: float = 5.0


Serve = Callable[["Connection", Frame], Awaitable[bytes]]
"""Gives the bytes of the answer; it may wait."""


class Connection:
    """A client that was let in.

    Parameters
    ----------
    reader, writer : StreamReader, StreamWriter
        The socket.
    role : Role
        Its role.
    limits : Limits
        How long it may take.

    Attributes
    ----------
    source : str
        Its address and port.
    seen : int
        Number of the last scan that it was sent, when reads are held back.
    heard : float
        When it last sent something, by the clock of the loop [s].
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, role: Role, limits: Limits
    ) -> None:
        self.role, self.seen = role, 0
        self.source = source_of(writer)
        self.heard = self._begun = asyncio.get_running_loop().time()
        self._reader, self._writer, self._limits = reader, writer, limits
        self._splitter = Splitter()
        # small buffers, so that a client that takes no answers is noticed, and soon
        writer.transport.set_write_buffer_limits(high=_BUFFER)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)

    async def run(self, serve: Serve) -> None:
        """Serve until the client ends, falls silent, or sends what is no Modbus.

        Raises
        ------
        FrameError
            When the stream is no Modbus TCP; what came before it was answered.
        """
        try:
            while data := await self._receive():
                await self._each(data, serve)
        except (TimeoutError, ConnectionError):
            self.drop()
        finally:
            await close(self._writer, self._limits.answer)

    async def _receive(self) -> bytes:
        """The next bytes; empty at the end."""
        # a frame that has begun must end in time, however slowly its bytes drip
        begun = self._splitter.pending
        until = self._begun + self._limits.frame if begun else self.heard + self._limits.idle
        async with asyncio.timeout_at(until):
            data = await self._reader.read(_CHUNK)
        self.heard = asyncio.get_running_loop().time()
        self._begun = self._begun if begun else self.heard
        return data

    async def _each(self, data: bytes, serve: Serve) -> None:
        for served, frame in enumerate(self._splitter.feed(data), 1):
            await self._send(await serve(self, frame))
            self._begun = self.heard
            if served % _TURN == 0:
                await asyncio.sleep(0)

    async def _send(self, answer: bytes) -> None:
        self._writer.write(answer)
        if self._writer.transport.get_write_buffer_size():
            async with asyncio.timeout(self._limits.answer):
                await self._writer.drain()

    def drop(self) -> None:
        """End at once; the reader sees the end of the stream."""
        self._writer.transport.abort()


def source_of(writer: asyncio.StreamWriter) -> str:
    """Address and port of the other side; empty when it has gone already."""
    name = writer.get_extra_info("peername")
    return f"{name[0]}:{name[1]}" if name else ""


async def close(writer: asyncio.StreamWriter, patience: float) -> None:
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
