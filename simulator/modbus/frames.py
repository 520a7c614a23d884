"""Frames of Modbus TCP out of a stream of bytes, however it was cut: split, merged, pipelined."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_PREFIX = struct.Struct(">HHHB")
SHORTEST, LONGEST = 2, 254
"""What the length field may say: unit and function code at least, unit and 253 bytes at most."""


class FrameError(Exception):
    """The stream is no Modbus TCP; where the next frame would begin cannot be known."""


@dataclass(frozen=True)
class Frame:
    """One request or answer: transaction and unit of its prefix, and the bytes after it."""

    transaction: int
    unit: int
    pdu: bytes

    def encode(self) -> bytes:
        """Bytes on the wire."""
        return _PREFIX.pack(self.transaction, 0, len(self.pdu) + 1, self.unit) + self.pdu


class Splitter:
    """Cuts a stream into frames and keeps what is not whole yet, at most one frame."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def pending(self) -> bool:
        """Whether a frame has begun and is not whole."""
        return bool(self._rest)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Frames that are whole now.

        Raises
        ------
        FrameError
            At a wrong protocol id or length, after the frames before it.
        """
        data, start = self._rest + data, 0
        while len(data) - start >= _PREFIX.size - 1:
            transaction, protocol, length = struct.unpack_from(">HHH", data, start)
            if protocol:
                raise FrameError(f"protocol id {protocol}, wanted 0")
            if not SHORTEST <= length <= LONGEST:
                raise FrameError(f"length {length}, wanted {SHORTEST} to {LONGEST}")
            end = start + 6 + length
            if end > len(data):
                break
            yield Frame(transaction, data[start + 6], data[start + 7 : end])
            start = end
        self._rest = data[start:]
