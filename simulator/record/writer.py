"""Writes the files of a run: each appears whole or not at all, and none is ever overwritten."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.traces import ArrayTraces
from simulator.record.layout import Layout


def put(path: Path, content: bytes, replace: bool = False) -> None:
    """Write a file so that it is there whole or not at all, even when the process is killed.

    Raises
    ------
    FileExistsError
        When it is there already and `replace` is false.
    OSError
        When the disk is full or read-only.
    """
    if path.exists() and not replace:
        raise FileExistsError(f"{path} is there already and nothing is overwritten")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def put_json(path: Path, data: Any, replace: bool = False) -> None:
    """Write plain data as JSON; keys keep their order, NaN is refused."""
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)
    put(path, (text + "\n").encode(), replace)


def put_rows(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write rows as CSV, numbers so that they read back bit for bit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    put(path, text.getvalue().encode())


def put_trace(path: Path, traces: ArrayTraces, k: int, why: str) -> None:
    """Write the trace of one replica of a block: a compressed archive with one array a channel."""
    buffer = io.BytesIO()
    arrays = {name: np.ascontiguousarray(traces.samples(name)[:, k]) for name in traces.signals}
    about = {"period": traces.period, "complete": bool(traces.complete[k]), "why": why}
    head = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez_compressed(buffer, _about=head, **arrays)  # type: ignore[arg-type]
    put(path, buffer.getvalue())


def copy_inputs(layout: Layout, files: Iterable[Path]) -> dict[str, str]:
    """Copy the input files verbatim; returns the SHA-256 of each by its name in the folder."""
    digests: dict[str, str] = {}
    layout.inputs.mkdir(parents=True, exist_ok=True)
    for file in files:
        name = input_name(file)
        while name in digests:  # equal folders of different places
            name = f"_{name}"
        target = layout.inputs / name
        shutil.copyfile(file, target)
        digests[name] = sha256(target)
    return digests


def input_name(file: Path) -> str:
    """Name of an input file inside a results folder: its folder's name and its own."""
    return f"{file.resolve().parent.name}__{file.name}"


def sha256(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_manifest(layout: Layout) -> None:
    """Digest of every file of the folder, but of the manifest itself."""
    files = sorted(p for p in layout.root.rglob("*") if p.is_file() and p != layout.manifest)
    names = {p.relative_to(layout.root).as_posix(): sha256(p) for p in files if p.suffix != ".partial"}
    put_json(layout.manifest, {"format": 1, "sha256": names})
