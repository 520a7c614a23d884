"""An ONNX policy behind fixed arrays: loaded whole or refused, and called without copies."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.control.ai import rules
from simulator.control.ai.graph import Model
from simulator.control.ai.layout import Layout
from simulator.control.ai.reader import parse
from simulator.control.ai.wire import Broken
from simulator.core.errors import InputError, Problem

Floats = NDArray[np.float32]
_SHOWN = 160
_AGAIN = "train or export the policy again"


def opened(path: Path) -> tuple[bytes, Model]:
    """Read a policy file and hold it against the rules, without a runtime.

    Raises
    ------
    InputError
        With everything for which the file is refused.
    """
    content = _read(path)
    return content, _checked(path, content)


def _checked(path: Path, content: bytes) -> Model:
    try:
        model = parse(content)
    except Broken as error:
        raise _refuse(path, f"no ONNX model: {error}", "an ONNX policy file") from None
    found = rules.problems(path, model)
    if found:
        raise InputError(*found)
    return model


def refused(path: Path) -> tuple[Problem, ...]:
    """Why a policy file is refused before any runtime sees it; nothing where it is not."""
    try:
        opened(path)
    except InputError as error:
        return error.problems
    return ()


def beside(path: Path) -> tuple[Path, ...]:
    """Files in which a policy keeps constants outside of its own: they are the policy too.

    None for a file that is refused; whoever loads it tells why.
    """
    try:
        return tuple(rules.beside(path, opened(path)[1]))
    except InputError:
        return ()


def load(path: Path, n_inputs: int, n_outputs: int = 1, layout: Layout | None = None) -> Any:
    """Open a policy file: one float32 input ``[n, k]``, one float32 output ``[n, m]``.

    Parameters
    ----------
    path : Path
        The ONNX file.
    n_inputs : int
        Features the plant file feeds it.
    n_outputs : int
        Loops it writes to.
    layout : Layout or None
        How the features stand; a policy that takes ``[n, history, tags]`` needs it.

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    InputError
        When the file is missing, no ONNX model, against the rules, or of another shape or type.
    """
    session = _session(path, _read(path))
    _check(path, session, layout or Layout(n_inputs), n_outputs)
    return session


_sessions: dict[tuple[Path, bytes], Any] = {}
_KEPT = 4


def _session(path: Path, content: bytes) -> Any:
    """What the runtime makes of a file; the same for the same bytes, since no operator has a memory.

    Every block of a campaign asks for it again. A file with constants beside it is loaded each time:
    these may have changed.
    """
    kept = _sessions.get((path, content))
    if kept is not None:
        return kept
    model = _checked(path, content)
    import onnxruntime

    # constants beside the file are found from its path; all else is loaded from the bytes that were checked
    several = bool(rules.beside(path, model))
    given = str(path) if several else content
    try:
        session = onnxruntime.InferenceSession(given, _options(), providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises a dozen private types
        raise _refuse(path, first_line(error), "an ONNX model that onnxruntime loads") from None
    if not several:
        while len(_sessions) >= _KEPT:
            _sessions.pop(next(iter(_sessions)), None)
        _sessions[path, content] = session
    return session


def first_line(error: Exception) -> str:
    """What a runtime says, on one line."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:_SHOWN]


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    return options


def _read(path: Path) -> bytes:
    wanted = "an ONNX policy file"
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise _refuse(path, "a directory" if path.is_dir() else "no regular file", wanted)
        if not 0 < about.st_size <= rules.MOST_BYTES:
            got = f"{about.st_size} bytes" if about.st_size else "an empty file"
            raise _refuse(path, got, f"{wanted} of at most {rules.MOST_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise _refuse(path, error.strerror or "no file", wanted) from None


def _check(path: Path, session: Any, layout: Layout, n_outputs: int) -> None:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise _refuse(path, f"{len(inputs)} inputs and {len(outputs)} outputs", "one of each")
    rows = {2: (layout.width,), 3: layout.steps}
    _check_port(path, inputs[0], rows)
    _check_port(path, outputs[0], {2: (n_outputs,), 3: (1, n_outputs)})


def _check_port(path: Path, port: Any, rows: dict[int, tuple[int, ...]]) -> None:
    if port.type != "tensor(float)":
        hint = "convert it inside the model: export with a float32 input and output"
        raise _refuse(path, f"{port.name} of type {port.type}", "float32", hint)
    row, batch = rows.get(len(port.shape)), port.shape[0] if port.shape else None
    fits = row is not None and all(
        not isinstance(size, int) or size == width for size, width in zip(port.shape[1:], row, strict=True)
    )
    if not fits or (isinstance(batch, int) and batch != 1):
        wanted = " or ".join(f"[n, {', '.join(map(str, one))}]" for one in dict.fromkeys(rows.values()))
        raise _refuse(path, f"{port.name} of shape {port.shape}", f"{wanted}, n free or 1")


def _refuse(path: Path, got: str, wanted: str, hint: str = _AGAIN) -> InputError:
    return InputError(Problem(got, wanted, file=str(path), hint=hint))


def answer(session: Any, features: Floats) -> Floats:
    """Outputs of a batch, shape (n, m); `features` as the policy takes them."""
    name = session.get_inputs()[0].name
    result: Floats = session.run(None, {name: features})[0]
    return result.reshape(result.shape[0], -1)


class Caller:
    """Calls a policy on arrays that stay where they are.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The policy.
    features : ndarray of float32, shape (n, k)
        Read at every call.
    together : bool
        One call a block; otherwise one a row.
    n_outputs : int
        Loops it writes to.
    layout : Layout or None
        How the policy wants its features; as they are when absent.
    """

    def __init__(
        self, session: Any, features: Floats, together: bool, n_outputs: int = 1, layout: Layout | None = None
    ) -> None:
        self._session, self._source = session, features
        self.failing: NDArray[np.int8] | None = None
        n, rank = features.shape[0], len(session.get_inputs()[0].shape)
        order = layout.columns() if layout else np.arange(features.shape[1])
        self._order = None if np.array_equal(order, np.arange(len(order))) else order
        self._flat = features if self._order is None else np.empty_like(features)
        self._features = self._flat.reshape(n, *(layout.shape(rank) if layout else features.shape[1:]))
        self.answers = np.full((n, n_outputs), np.nan, np.float32)
        size = n if together else 1
        self._batches = [slice(k, k + size) for k in range(0, n, size)]
        self._bindings = [self._bind(batch) for batch in self._batches]

    def _bind(self, batch: slice) -> Any:
        binding = self._session.io_binding()
        given, got = self._features[batch], self.answers[batch]
        port = self._session.get_inputs()[0].name
        binding.bind_input(port, "cpu", 0, np.float32, given.shape, given.ctypes.data)
        port = self._session.get_outputs()[0]
        shape = got.shape if len(port.shape) == 2 else (got.shape[0], 1, got.shape[1])
        binding.bind_output(port.name, "cpu", 0, np.float32, shape, got.ctypes.data)
        return binding

    def __call__(self) -> Floats:
        """Answers of every row, shape (n, m); NaN where the policy raised."""
        if self._order is not None:
            np.take(self._source, self._order, axis=1, out=self._flat)
        for batch, binding in zip(self._batches, self._bindings, strict=True):
            try:
                self._fail_where_flagged(batch)
                self._session.run_with_iobinding(binding)
            except Exception:  # one failing row must not fail its neighbours
                self._one_by_one(batch)
        return self.answers

    def _one_by_one(self, batch: slice) -> None:
        for k in range(batch.start, batch.stop):
            try:
                self._fail_where_flagged(slice(k, k + 1))
                self.answers[k] = answer(self._session, self._features[k : k + 1])[0]
            except Exception:
                self.answers[k] = np.nan

    def _fail_where_flagged(self, batch: slice) -> None:
        """Let the runtime itself raise: it is asked with one feature more than the policy takes."""
        if self.failing is not None and np.count_nonzero(self.failing[batch]):
            answer(self._session, np.zeros((1, self._features[0].size + 1), np.float32))
            raise RuntimeError("the runtime answered a question that it should have refused")
