"""Protobuf as it stands in a file: numbered fields, read without trusting any length that they claim."""

from __future__ import annotations

from collections.abc import Iterator

Value = int | memoryview
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_LONGEST = 10  # bytes of a varint of 64 bits


class Broken(Exception):
    """The bytes are no protobuf message, or end too soon."""


def fields(data: memoryview) -> Iterator[tuple[int, Value]]:
    """Fields of a message in order: number, and a whole number or the bytes of the field.

    Parameters
    ----------
    data : memoryview
        The message.

    Yields
    ------
    int, int or memoryview
        A view into `data`, never a copy.

    Raises
    ------
    Broken
        At the first field that is none.
    """
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise Broken(f"a field without a number before byte {at}")
        if kind == _VARINT:
            value, at = varint(data, at)
            yield number, value
            continue
        size, at = _size(data, at, kind)
        if at + size > len(data):
            raise Broken(f"a field of {size} bytes where {len(data) - at} are left: the file is cut off")
        yield number, data[at : at + size]
        at += size


def _size(data: memoryview, at: int, kind: int) -> tuple[int, int]:
    if kind == _BYTES:
        return varint(data, at)
    fixed = {_EIGHT: 8, _FOUR: 4}.get(kind)
    if fixed is None:
        raise Broken(f"a field of the unknown kind {kind} before byte {at}")
    return fixed, at


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number of variable length at a place, and the place after it."""
    number = 0
    for k in range(_LONGEST):
        if at + k >= len(data):
            raise Broken("a number that is cut off")
        byte = data[at + k]
        number |= (byte & 127) << (7 * k)
        if byte < 128:
            return number, at + k + 1
    raise Broken(f"a number of more than {_LONGEST} bytes at byte {at}")


def varints(value: Value) -> Iterator[int]:
    """Whole numbers of a repeated field, packed or not, as signed 64-bit numbers."""
    if isinstance(value, int):
        yield signed(value)
        return
    at = 0
    while at < len(value):
        number, at = varint(value, at)
        yield signed(number)


def signed(number: int) -> int:
    """A 64-bit number as protobuf's int64 means it."""
    number &= 2**64 - 1
    return number - 2**64 if number >= 2**63 else number


def text(value: Value) -> str:
    """A text field; bytes that are no UTF-8 are shown as such."""
    if isinstance(value, int):
        raise Broken("a number where a text belongs")
    return bytes(value).decode("utf-8", "backslashreplace")
