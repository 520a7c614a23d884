"""An ONNX policy behind fixed arrays: loaded whole or refused, and called without copies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.errors import InputError, Problem

Floats = NDArray[np.float32]
_MOST_BYTES = 100_000_000
PROBE_ROWS = 64


def load(path: Path, n_inputs: int, n_outputs: int = 1) -> Any:
    """Open a policy file: one float32 input ``[n, k]``, one float32 output ``[n, m]``.

    Parameters
    ----------
    path : Path
        The ONNX file.
    n_inputs : int
        Features the plant file feeds it.
    n_outputs : int
        Loops it writes to.

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    InputError
        When the file is missing, no ONNX model, or of another shape or type.
    """
    content = _read(path)
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(content, _options(), providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises a dozen private types
        first = str(error).splitlines()[0][:160]
        raise _refuse(path, first, "an ONNX model that onnxruntime loads") from None
    _check(path, session, n_inputs, n_outputs)
    return session


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    return options


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _refuse(path, f"{path.stat().st_size} bytes", f"at most {_MOST_BYTES}")
        return path.read_bytes()
    except OSError as error:
        raise _refuse(path, error.strerror or "no file", "an ONNX policy file") from None


def _check(path: Path, session: Any, n_inputs: int, n_outputs: int) -> None:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise _refuse(path, f"{len(inputs)} inputs and {len(outputs)} outputs", "one of each")
    for port, width in ((inputs[0], n_inputs), (outputs[0], n_outputs)):
        if port.type != "tensor(float)":
            raise _refuse(path, f"{port.name} of type {port.type}", "float32")
        if len(port.shape) != 2 or (
            port.shape[1] not in (width, None) and not isinstance(port.shape[1], str)
        ):
            raise _refuse(path, f"{port.name} of shape {port.shape}", f"[n, {width}]")


def _refuse(path: Path, got: str, wanted: str) -> InputError:
    return InputError(Problem(got, wanted, file=str(path), hint="train or export the policy again"))


def answer(session: Any, features: Floats) -> Floats:
    """Outputs of a batch, shape (n, m)."""
    name = session.get_inputs()[0].name
    result: Floats = session.run(None, {name: features})[0]
    return result


def batch_invariant(session: Any, n_inputs: int) -> bool:
    """Whether a row's answer is the same alone, in a batch, and elsewhere in the batch, bit for bit."""
    rows = np.random.Generator(np.random.Philox(key=7)).standard_normal((PROBE_ROWS, n_inputs))
    probe = rows.astype(np.float32)
    try:
        batched = answer(session, probe)
        backwards = answer(session, np.ascontiguousarray(probe[::-1]))[::-1]
        alone = np.concatenate([answer(session, probe[k : k + 1]) for k in range(PROBE_ROWS)])
    except Exception:  # a model of fixed batch size [1, k] cannot be batched at all
        return False
    same = batched.shape == alone.shape and np.array_equal(batched, alone, equal_nan=True)
    return bool(same and np.array_equal(batched, backwards, equal_nan=True))


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
    """

    def __init__(self, session: Any, features: Floats, together: bool, n_outputs: int = 1) -> None:
        self._session, self._features = session, features
        self.failing: NDArray[np.int8] | None = None
        self.answers = np.full((features.shape[0], n_outputs), np.nan, np.float32)
        size = features.shape[0] if together else 1
        self._batches = [slice(k, k + size) for k in range(0, features.shape[0], size)]
        self._bindings = [self._bind(batch) for batch in self._batches]

    def _bind(self, batch: slice) -> Any:
        binding = self._session.io_binding()
        given, got = self._features[batch], self.answers[batch]
        port = self._session.get_inputs()[0].name
        binding.bind_input(port, "cpu", 0, np.float32, given.shape, given.ctypes.data)
        port = self._session.get_outputs()[0].name
        binding.bind_output(port, "cpu", 0, np.float32, got.shape, got.ctypes.data)
        return binding

    def __call__(self) -> Floats:
        """Answers of every row, shape (n, m); NaN where the policy raised."""
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
        if self.failing is not None and self.failing[batch].any():
            answer(self._session, np.zeros((1, self._features.shape[1] + 1), np.float32))
            raise RuntimeError("the runtime answered a question that it should have refused")
