"""Part files of a campaign: one for each block, written whole, never overwritten, read one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.assess.measure import Columns
from simulator.campaign import parquet
from simulator.campaign.montecarlo.plan import Asked, Piece, Plan
from simulator.core.errors import InputError, Interrupted, Problem
from simulator.record.layout import Layout
from simulator.record.writer import put

TEXT = "S16"
"""How a text column is hashed; no rung of the ladder has a longer name."""


@dataclass(frozen=True)
class Parts:
    """The rows of a campaign on disk.

    Parameters
    ----------
    layout : Layout
        Its folder.
    """

    layout: Layout

    def path(self, piece: Piece) -> Path:
        """File of a block."""
        asked = piece.asked
        return self.layout.root / "rows" / asked.scenario / f"{asked.variant}-{piece.first:09d}.parquet"

    def put(self, piece: Piece, rows: Columns) -> None:
        """Write a block.

        Raises
        ------
        Interrupted
            When the disk is full or read-only; what was written before is kept.
        """
        path = self.path(piece)
        try:
            put(path, parquet.encoded(rows))
        except OSError as error:
            why = f"{path}: {error.strerror or error}"
            raise Interrupted(f"{why}; what was computed is kept in {self.layout.root}") from error

    def missing(self, plan: Plan) -> list[Piece]:
        """Blocks that are not there."""
        return [piece for piece in plan.pieces() if not self.path(piece).exists()]

    def of(self, asked: Asked) -> Iterator[Columns]:
        """Rows of a question, block by block in the order of its replicas.

        Raises
        ------
        InputError
            When a part is damaged, or is not that of its block.
        """
        for first in range(0, asked.runs, asked.block):
            yield self.read(Piece(asked, first, min(asked.block, asked.runs - first)))

    def read(self, piece: Piece) -> Columns:
        """Rows of one block; raises `InputError` as `of`."""
        path, last = self.path(piece), piece.first + piece.n - 1
        rows = parquet.columns(path)
        if "replica" not in rows or not np.array_equal(rows["replica"], np.arange(piece.first, last + 1)):
            got = "a part with other replicas than its name says"
            raise InputError(Problem(got, f"replicas {piece.first} to {last}", str(path)))
        return rows


def digest(blocks: Iterable[Columns]) -> str:
    """SHA-256 over rows in the order of their replicas, however they are cut into blocks."""
    found = hashlib.sha256()
    for rows in blocks:
        found.update(_packed(rows))
    return found.hexdigest()


def _packed(rows: Columns) -> bytes:
    """Rows one after another, each with its columns in alphabetical order."""
    names = sorted(rows)
    plain = [_plain(rows, name) for name in names]
    whole = np.empty(len(plain[0]), [(name, values.dtype) for name, values in zip(names, plain, strict=True)])
    for name, values in zip(names, plain, strict=True):
        whole[name] = values
    return whole.tobytes()


def _plain(rows: Columns, name: str) -> np.ndarray:
    values = rows[name]
    if values.dtype.kind in "OUS":
        return values.astype(TEXT)
    if values.dtype.kind == "f":
        return np.where(np.isnan(values), np.nan, values)  # one of many NaN
    return values
