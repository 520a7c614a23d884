"""Loads and asks a policy in a process of its own, with bounded memory and time, before it is relied on.

A file may be well-formed and still ask for terabytes, never return, or bring the runtime down; none of
that may happen in the process of the user.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.control.ai import rules
from simulator.control.ai.behaviour import Behaviour
from simulator.control.ai.layout import Layout
from simulator.control.ai.session import opened
from simulator.core.errors import InputError, Problem

MOST_SECONDS = 10
MOST_MEMORY = 1_000_000_000
"""Bytes that loading and asking may take, beyond what the runtime itself takes."""


def probed(path: Path, layout: Layout, n_outputs: int) -> tuple[Behaviour, list[str]]:
    """What a policy does on fixed rows, and what a reviewer should know of it.

    Parameters
    ----------
    path : Path
        The ONNX file.
    layout : Layout
        Its features.
    n_outputs : int
        Loops that it writes to.

    Raises
    ------
    InputError
        When the file is refused: by the rules, by the runtime, or because it takes too much.
    """
    _, model = opened(path)
    found = _asked(path, {"path": str(path), "layout": asdict(layout), "outputs": n_outputs})
    behaviour = Behaviour(**found)
    if not behaviour.repeatable:
        raise _refuse(path, "other answers to the same questions", "a policy that answers the same twice")
    told = rules.warnings(model)
    if not behaviour.invariant:
        told.append("a row's answer depends on its batch: it is asked row by row")
    if behaviour.finite < behaviour.rows:
        told.append(f"no number on {behaviour.rows - behaviour.finite} of {behaviour.rows} probe rows")
    return behaviour, told


def _asked(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    words = [sys.executable, "-c", "from simulator.control.ai.probe import main; main()"]
    try:
        done = subprocess.run(
            words,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refuse(path, f"no answer within {MOST_SECONDS} s", "a policy that answers in time") from None
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        got = f"a file that brings the runtime down (exit code {done.returncode})"
        raise _refuse(path, got, "a policy that loads and answers") from None
    if "problems" in found:
        raise InputError(*(Problem(**one) for one in found["problems"]))
    return found


def _refuse(path: Path, got: str, wanted: str) -> InputError:
    return InputError(Problem(got, wanted, file=str(path), hint="train or export the policy again"))


def main() -> None:
    """The other side: one request on standard input, one answer on standard output."""
    request = json.load(sys.stdin)
    path = Path(request["path"])
    try:
        answer = asdict(_behaviour(path, Layout(**request["layout"]), request["outputs"]))
    except InputError as error:
        answer = {"problems": [vars(problem) for problem in error.problems]}
    json.dump(answer, sys.stdout)


def _behaviour(path: Path, layout: Layout, n_outputs: int) -> Behaviour:
    import onnxruntime  # noqa: F401 - what it takes itself is not counted

    from simulator.control.ai.behaviour import behave, probe_rows
    from simulator.control.ai.session import answer, first_line, load

    _bound_memory()
    session = load(path, layout.width, n_outputs, layout)
    shape = layout.shape(len(session.get_inputs()[0].shape))
    try:
        first = answer(session, probe_rows(shape)[:1])
    except Exception as error:
        raise _failed(path, first_line(error)) from None
    if first.shape != (1, n_outputs):
        got = f"{first.shape[0]} rows of {first.shape[1]} answers to one row"
        raise _refuse(path, got, f"one row of {n_outputs}")
    return behave(session, shape)


def _failed(path: Path, told: str) -> InputError:
    if "alloc" in told.lower() or "bfc" in told.lower():
        most = f"{MOST_MEMORY // 10**9} GB of memory"
        return _refuse(path, f"a request for more than {most}", f"an answer within {most}")
    return _refuse(path, told, "an answer to a row of numbers")


def _bound_memory() -> None:
    """Bound this process's memory where the system can (not on Windows)."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return
