"""A man in the middle between an AI host and its PLC: reads every frame, and passes what it will.

It can rewrite what the PLC shows, hold back what the AI writes, acknowledge writes that it never passes on,
send requests of its own on the AI's connection, swallow everything while the sockets stay open, and cut
the line. It keeps count of what is under way, so that a run in lock step knows when
nothing more can happen until the next scan.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.modbus.frames import Frame, FrameError, Splitter
from simulator.modbus.register_map import HEADER, Block, RegisterMap

Words = NDArray[np.uint16]
Behind = Callable[[bytes], Sequence[bytes]]
Rewrite = Callable[[Words], Words]
"""Given the host block's words after its header (question, then the points), what is passed instead."""
_CHUNK = 4096
_WRITES = (6, 16)
_READ_INPUTS = 4
_OWN = 0xF000
"""Transactions from here on are the relay's own; an AI host that comes so far is disturbed by it."""


@dataclass
class _Pair:
    """One client, and the connection that it is given onwards."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    asked: dict[int, bytes] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)

    def abort(self) -> None:
        """End both."""
        for writer in (self.client, self.server):
            writer.transport.abort()


class Relay:
    """Listens for the AI host and speaks to the PLC.

    Parameters
    ----------
    registers : RegisterMap
        The PLC's, to tell the AI's questions from other frames.
    host, port : str, int
        Where the PLC listens.

    Attributes
    ----------
    silent : bool
        Whether frames are swallowed, both ways, while every socket stays open.
    holding : bool
        Whether writes are held back until `release`.
    blocking : bool
        Whether writes are acknowledged in the PLC's name and never passed on.
    behind : callable or None
        Given a write of the AI host, the requests that are sent right behind it, on its own connection;
        their answers stay here. (Behind its next read they would wait until the next scan.)
    rewrite : callable or None
        What is done to the host block.
    passed : int
        The PLC's count of scans, as the last host block that was passed on told it.
    """

    def __init__(self, registers: RegisterMap, host: str, port: int) -> None:
        self._block: Block = registers["host"]
        self._to = host, port
        self.silent = self.holding = self.blocking = False
        self.behind: Behind | None = None
        self.rewrite: Rewrite | None = None
        self.passed = -1
        self._port = 0
        self._listener: asyncio.Server | None = None
        self._pairs: dict[asyncio.Task[None], _Pair | None] = {}
        self._held: list[tuple[_Pair, Frame]] = []
        self._reading = False
        self._sent = 0
        self._changed = asyncio.Event()

    async def start(self, port: int = 0) -> int:
        """Let the AI host connect; port 0 lets the system choose, once.

        Returns
        -------
        int
            The port.

        Raises
        ------
        OSError
            When the address cannot be bound.
        """
        if self._listener is None:
            self._listener = await asyncio.start_server(self._admit, "127.0.0.1", port or self._port)
            self._port = int(self._listener.sockets[0].getsockname()[1])
        return self._port

    async def cut(self) -> None:
        """Refuse connections and end those that there are."""
        if self._listener:
            self._listener.close()
        self.drop()
        await asyncio.gather(*self._pairs, return_exceptions=True)
        if self._listener:
            await self._listener.wait_closed()
        self._listener = None

    def drop(self) -> None:
        """End every connection; new ones are taken."""
        for pair in self._pairs.values():
            if pair:
                pair.abort()
        self._forget()

    async def stop(self) -> None:
        """Close everything."""
        for task in self._pairs:
            task.cancel()
        await self.cut()

    def release(self) -> int:
        """Pass on what was held back.

        Returns
        -------
        int
            How many writes.
        """
        held, self._held = self._held, []
        for pair, frame in held:
            pair.server.write(frame.encode())
        return len(held)

    @property
    def held(self) -> int:
        """How many writes are held back."""
        return len(self._held)

    async def settled(self, scans: int, timeout: float) -> bool:
        """Wait until the AI host waits: for the scan after `scans`, or for the answer to a held write.

        Returns
        -------
        bool
            False when that was not so within `timeout` seconds.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._owed or not (self._held or (self._reading and self.passed == scans & 0xFFFF)):
                    self._changed.clear()
                    await self._changed.wait()
                return True
        return False

    @property
    def _owed(self) -> bool:
        """Whether requests of its own are still unanswered."""
        return any(pair.own for pair in self._pairs.values() if pair)

    def _forget(self) -> None:
        self._held.clear()
        self._reading, self.passed = False, -1

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a client is served by a task")
        self._pairs[task] = None
        server: asyncio.StreamWriter | None = None
        try:
            back, server = await asyncio.open_connection(*self._to)
            pair = self._pairs[task] = _Pair(writer, server)
            for one in (writer, server):
                one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ways = [
                asyncio.create_task(self._pump(reader, pair, self._forth)),
                asyncio.create_task(self._pump(back, pair, self._back)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # the PLC is not there, or the relay stops
        finally:
            for end in (writer, server):
                if end:
                    end.transport.abort()
                    with suppress(OSError):
                        await end.wait_closed()
            del self._pairs[task]

    async def _pump(
        self, reader: asyncio.StreamReader, pair: _Pair, act: Callable[[_Pair, Frame], None]
    ) -> None:
        splitter = Splitter()
        with suppress(OSError, FrameError):
            while data := await reader.read(_CHUNK):
                for frame in splitter.feed(data):
                    if not self.silent:
                        act(pair, frame)

    def _forth(self, pair: _Pair, frame: Frame) -> None:
        """A request of the AI host."""
        writes = frame.pdu[0] in _WRITES
        if self.blocking and writes:
            pair.client.write(Frame(frame.transaction, frame.unit, frame.pdu[:5]).encode())
            self._changed.set()
            return
        pair.asked[frame.transaction] = frame.pdu
        if self.holding and writes:
            self._held.append((pair, frame))
        else:
            self._reading = self._reading or self._asks_host(frame.pdu)
            pair.server.write(frame.encode())
            if writes and self.behind:
                self._add(pair, frame.unit, self.behind(frame.pdu))
        self._changed.set()

    def _add(self, pair: _Pair, unit: int, requests: Sequence[bytes]) -> None:
        """Send requests of its own."""
        for pdu in requests:
            transaction = _OWN + self._sent % (0x10000 - _OWN)
            self._sent += 1
            pair.own.add(transaction)
            pair.server.write(Frame(transaction, unit, pdu).encode())

    def _back(self, pair: _Pair, frame: Frame) -> None:
        """An answer of the PLC."""
        if frame.transaction in pair.own:
            pair.own.discard(frame.transaction)
            self._changed.set()
            return
        asked = pair.asked.pop(frame.transaction, b"")
        if self._asks_host(asked) and frame.pdu[0] == _READ_INPUTS:
            self._reading = False
            frame = self._shown(frame)
        pair.client.write(frame.encode())
        self._changed.set()

    def _shown(self, frame: Frame) -> Frame:
        """The host block, rewritten."""
        words = np.frombuffer(frame.pdu, np.dtype(">u2"), offset=2).astype(np.uint16)
        self.passed = int(words[0])
        if self.rewrite is None:
            return frame
        body = self.rewrite(words[len(HEADER) :])
        told = np.concatenate((words[: len(HEADER)], body)).astype(">u2").tobytes()
        return Frame(frame.transaction, frame.unit, frame.pdu[:2] + told)

    def _asks_host(self, pdu: bytes) -> bool:
        """Whether a request reads the whole host block."""
        whole = self._block.base, len(self._block.registers)
        asked = int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big")
        return len(pdu) == 5 and pdu[0] == _READ_INPUTS and asked == whole
