"""``--help`` stays light: it loads none of the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "numba",
    "numpy",
    "onnxruntime",
    "matplotlib",
    "pydantic",
    "simpy",
    "rich",
    "ruamel",
    "jinja2",
    "pymodbus",
)


def loaded(words: str) -> set[str]:
    code = (
        "import sys\nfrom simulator.cli import run\n"
        f"run({words})\nprint('LOADED', *sorted(m.split('.')[0] for m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("LOADED"))
    return set(line.split())


def test_help_loads_no_heavy_library() -> None:
    for words in ("['--help']", "['run', '--help']", "['check', '--help']", "['replay', '--help']"):
        assert not loaded(words) & set(HEAVY), words
