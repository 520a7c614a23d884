"""Tables as Parquet files: the only file that imports pyarrow."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.errors import InputError, Problem


def encoded(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Columns of equal length as the content of a file."""
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(pa.table({k: pa.array(v) for k, v in columns.items()}), buffer, compression="zstd")
    return buffer.getvalue()


def columns(path: Path) -> dict[str, NDArray[Any]]:
    """Columns of a file as arrays, in their order.

    Raises
    ------
    InputError
        When it is no Parquet file.
    """
    return {name: np.asarray(column.to_numpy()) for name, column in _table(path)}


def cells(path: Path) -> list[tuple[str, Sequence[Any]]]:
    """Name and plain values of each column; None where nothing stands.

    Raises
    ------
    InputError
        When it is no Parquet file.
    """
    return [(name, column.to_pylist()) for name, column in _table(path)]


def _table(path: Path) -> list[tuple[str, Any]]:
    from pyarrow import parquet

    try:
        found = parquet.read_table(path)
    except Exception as error:  # the library raises a dozen types of its own
        got = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise InputError(Problem(f"no Parquet file: {got}", "a Parquet file", str(path))) from None
    return list(zip(map(str, found.column_names), found.columns, strict=True))
