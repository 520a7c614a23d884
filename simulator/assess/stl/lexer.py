"""From text to tokens; a number takes its unit along."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.assess.stl.mistake import FormulaError

KEYWORDS = ("always", "eventually", "until", "not", "and", "or", "rise", "abs")
_RESERVED = rf"(?!(?:{'|'.join(KEYWORDS)})\b)"
_UNIT = r"[A-Za-z%][A-Za-z0-9%]*(?:[*/][A-Za-z0-9%]+|\^-?\d)*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:\s+{_RESERVED}(?P<unit>{_UNIT})|(?P<percent>%))?
    |(?P<name>[A-Za-z_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_]))*)
    |(?P<operator>->|<=|>=|==|!=|[-<>()\[\]:+*])""",
    re.VERBOSE,
)
_INSTEAD = {"=": "==", "&": "and", "|": "or", "!": "not", "~": "not", ",": ": between two bounds"}


@dataclass(frozen=True)
class Token:
    """A word of a formula: ``number``, ``name``, ``keyword``, ``operator`` or ``end``."""

    kind: str
    text: str
    start: int
    end: int
    number: str = ""
    unit: str | None = None
    spaced: bool = False


def tokens(text: str) -> Iterator[Token]:
    """Split a formula into tokens, an ``end`` last.

    Raises
    ------
    FormulaError
        At a character that begins no token, and at a number that runs into a word.
    """
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _stray(text, place)
        if found.lastgroup != "space":
            yield _token(text, found)
        place = found.end()
    yield Token("end", "the end of the formula", len(text), len(text))


def _token(text: str, found: re.Match[str]) -> Token:
    start, end, word = found.start(), found.end(), found[0]
    if found["number"]:
        _check_number(text, found)
        return Token("number", word, start, end, found["number"], found["unit"] or found["percent"])
    kind = "operator" if found["operator"] else "keyword" if word in KEYWORDS else "name"
    spaced = text[:start][-1:].isspace() and text[end : end + 1].isspace()
    return Token(kind, word, start, end, spaced=spaced)


def _check_number(text: str, found: re.Match[str]) -> None:
    start, end = found.span()
    glued = re.compile(r"[A-Za-z0-9_.]*").match(text, end)
    if glued and glued[0]:
        got, hint = text[start : glued.end()], "write 400 K, with a space"
        raise FormulaError(f"'{got}'", "a space between number and unit", start, len(got), hint)
    if not math.isfinite(float(found["number"])):
        raise FormulaError(f"'{found['number']}'", "a finite number", start, len(found["number"]))


def _stray(text: str, place: int) -> FormulaError:
    hint = f"write {_INSTEAD[text[place]]}" if text[place] in _INSTEAD else ""
    return FormulaError(f"'{text[place]}'", "a word of the formula language", place, 1, hint)
