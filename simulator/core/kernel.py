"""The door to numba: the decorator every compiled rule uses, and an honest cache.

numba invalidates a cached kernel only when the file that defines it changes, so an edited
rule that another file inlined would keep running its old code. The cache folder is therefore
named by a digest of every source that a kernel may come from.
"""

from __future__ import annotations

import hashlib
import os
import platform
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

# Vendor vector maths differs in the last bit between block sizes: never used, and recorded.
os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"

import llvmlite
import numba
from numba.core.errors import NumbaWarning

F = TypeVar("F", bound=Callable[..., Any])

PRODUCT = Path(__file__).resolve().parents[1]


@cache
def source_digest(*folders: Path) -> str:
    """Digest of the Python sources below `folders`, with compiler versions and processor.

    Parameters
    ----------
    *folders : Path
        Packages are read whole; of a folder that is no package only its own files.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for folder in folders:
        package = (folder / "__init__.py").exists()
        for path in sorted(folder.rglob("*.py") if package else folder.glob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    versions = (numba.__version__, llvmlite.__version__, platform.python_version())
    processor = str(llvmlite.binding.get_host_cpu_name())
    digest.update(repr((versions, platform.machine(), processor)).encode())
    return digest.hexdigest()[:16]


def cache_folder(source: Path) -> Path:
    """Where the kernels of a source file are kept: a folder for each state of all that they inline."""
    base = os.environ.get("PLANTPROOF_CACHE") or os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    owner = _package_of(source)
    folders = (PRODUCT,) if owner == PRODUCT else (PRODUCT, owner)
    return root / "plantproof" / f"kernels-{source_digest(*folders)}"


def _package_of(source: Path) -> Path:
    folder = source.resolve().parent
    while (folder.parent / "__init__.py").exists():
        folder = folder.parent
    return folder


def compiled_before() -> bool:
    """Whether the product's kernels have been compiled on this machine already."""
    return any(cache_folder(Path(__file__)).glob("*/*.nbi"))


def kernel(function: F) -> F:
    """Compile a block loop: cached, without the GIL, IEEE arithmetic kept strictly.

    ``fastmath`` and ``parallel`` are banned: the first flipped verdicts, the second is slower
    when the machine is busy.
    """
    return _compile(function, forceinline=False)


def rule(function: F) -> F:
    """Compile a rule about one replica so that the loop calling it absorbs it and vectorises."""
    return _compile(function, forceinline=True)


def part(function: F) -> F:
    """Compile a loop over replicas that is part of one kernel, which absorbs it.

    A call from kernel to kernel hands on the head of every array of its named tuples: for one replica
    that is more than what is done with it.
    """
    return _compile(function, forceinline=True)


def _compile(function: F, forceinline: bool) -> F:
    source = Path(function.__code__.co_filename)
    numba.config.CACHE_DIR = str(cache_folder(source))  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("error", NumbaWarning)
        decorate: Any = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=forceinline)
        compiled: F = decorate(function)
    return compiled
