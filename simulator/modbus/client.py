"""A Modbus TCP client that asks one thing at a time and waits for the answer: small, and quick."""

from __future__ import annotations

import socket
import struct
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.modbus.frames import Frame, FrameError, Splitter

Words = NDArray[np.uint16]
MOST_READ = 125
"""Registers that one request may read (MODBUS Application Protocol V1.1b3, section 6.4)."""
_BIG = np.dtype(">u2")


class LinkLost(Exception):
    """The other side is not there, ended the connection, fell silent, or speaks no Modbus."""


class Excepted(Exception):
    """The other side refused a request.

    Attributes
    ----------
    function, code : int
        What was asked, and the exception code of the answer.
    """

    def __init__(self, function: int, code: int) -> None:
        super().__init__(f"function {function} was answered with exception {code}")
        self.function, self.code = function, code


class Client:
    """One connection.

    Parameters
    ----------
    host, port : str, int
        Where the server listens.
    patience : float
        Seconds until a server that does not answer is lost.
    source : str
        Address to speak from; the system chooses when empty.

    Raises
    ------
    LinkLost
        When nobody listens there.
    """

    def __init__(self, host: str, port: int, patience: float = 30.0, source: str = "") -> None:
        here = (source, 0) if source else None
        try:
            self._socket = socket.create_connection((host, port), patience, here)
        except OSError as error:
            raise LinkLost(error.strerror or str(error)) from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._splitter = Splitter()
        self._transaction = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def read(self, address: int, count: int, function: int = 4) -> Words:
        """Input registers (function 4) or holding registers (3) from an address on, shape (count,).

        Raises
        ------
        Excepted
            When they do not exist.
        LinkLost
            When no answer comes, or one of another length.
        """
        pdu = self.ask(struct.pack(">BHH", function, address, count))
        if len(pdu) != 2 + 2 * count or pdu[1] != 2 * count:
            raise LinkLost(f"{count} registers were asked for, and the answer has {len(pdu)} bytes")
        return np.frombuffer(pdu, _BIG, count, 2).astype(np.uint16)

    def write(self, address: int, words: Words) -> None:
        """Write holding registers from an address on, in one request (function 16).

        Raises
        ------
        Excepted
            When the write is refused.
        LinkLost
            When no answer comes.
        """
        values = words.astype(_BIG).tobytes()
        self.ask(struct.pack(">BHHB", 16, address, len(words), len(values)) + values)

    def ask(self, pdu: bytes) -> bytes:
        """The answer to any request, function code first.

        Raises
        ------
        Excepted, LinkLost
            As `write`.
        """
        self._transaction = (self._transaction + 1) & 0xFFFF
        try:
            self._socket.sendall(Frame(self._transaction, 1, pdu).encode())
            answer = self._receive()
        except TimeoutError:
            raise LinkLost("no answer in time") from None
        except (OSError, FrameError) as error:
            raise LinkLost(str(error)) from None
        if answer.pdu[0] == pdu[0] | 0x80:
            raise Excepted(pdu[0], answer.pdu[1] if len(answer.pdu) > 1 else 0)
        if answer.pdu[0] != pdu[0]:
            raise LinkLost(f"function {pdu[0]} was answered as function {answer.pdu[0]}")
        return answer.pdu

    def _receive(self) -> Frame:
        while True:
            data = self._socket.recv(2048)
            if not data:
                raise LinkLost("the connection was closed")
            for frame in self._splitter.feed(data):
                if frame.transaction == self._transaction:
                    return frame
