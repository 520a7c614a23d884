"""YAML 1.2 as plain data, with the line and column of every key and value.

The parser's events are folded by hand: no object is ever built from a tag, ``NO`` and
``12:30:00`` stay texts, and what YAML offers beyond plain data (anchors, aliases, merge keys,
tags, several documents) is refused.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from simulator.core.errors import InputError, Problem
from simulator.scenario.fold import Folder
from simulator.scenario.source import Source

MAX_BYTES = 1_000_000
_LINE = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def read(path: Path, file: str = "") -> Source:
    """Read one file.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        Its name in messages; the path itself when empty.

    Raises
    ------
    InputError
        With every problem that can be told in one reading.
    """
    return parse(_text_of(path, file or str(path)), path, file or str(path))


def _text_of(path: Path, file: str) -> str:
    wanted = "a readable YAML file"
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(Problem(_reason(error), wanted, file)) from None
    if len(data) > MAX_BYTES:
        raise InputError(Problem("a file over 1 MB", "at most 1 MB of YAML", file))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        got = f"byte 0x{data[error.start]:02x} that is not UTF-8"
        raise InputError(Problem(got, "UTF-8 text", file, line, column)) from None


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return "a directory" if isinstance(error, IsADirectoryError) else f"an unreadable file ({error.strerror})"


def parse(text: str, path: Path, file: str) -> Source:
    """Parse the text of a file; see `read`."""
    source = Source(file, path, {}, {}, text, _LINE.split(text))
    tabs = [
        source.at(number, line.index("\t") + 1, 1, (), "a tab", "spaces")
        for number, line in enumerate(source.lines, 1)
        if "\t" in line
    ]
    if tabs:
        raise InputError(*tabs)
    Folder(source, _events(source)).fold()
    return source


def _events(source: Source) -> list[Any]:
    try:
        return list(YAML(typ="safe", pure=True).parse(source.text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        got = str(error.problem or error.context)
        raise InputError(source.at(mark.line + 1, mark.column + 1, 1, (), got, "YAML 1.2")) from None
    except ReaderError as error:
        before = _LINE.split(source.text[: error.position])
        got = f"the character U+{ord(source.text[error.position]):04X}"
        spot = (len(before), len(before[-1]) + 1, 1)
        raise InputError(source.at(*spot, (), got, "printable text")) from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise InputError(Problem(str(error).splitlines()[0], "YAML 1.2", source.file)) from None
