"""A policy that anybody may ask any number of rows: what an attacker does who has no weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from simulator.control.ai.behaviour import batch_invariant
from simulator.control.ai.layout import Layout
from simulator.control.ai.session import Floats, answer, load

Ask = Callable[[Floats], Floats]


def asked(path: Path, layout: Layout, outputs: int) -> Ask:
    """A function from features (m, k), newest cycle first, to answers (m, outputs).

    Rows are asked together only where a row's answer does not depend on its batch; one that the policy
    raises on is answered by NaN.

    Parameters
    ----------
    path : Path
        The ONNX file.
    layout : Layout
        How the policy wants its features.
    outputs : int
        Loops that it writes to.

    Raises
    ------
    InputError
        When the file is refused.
    """
    session = load(path, layout.width, outputs, layout)
    shape, order = layout.shape(len(session.get_inputs()[0].shape)), layout.columns()
    together = batch_invariant(session, shape)

    def one(row: Floats) -> Floats:
        try:
            return answer(session, row)
        except Exception:  # the runtime raises a dozen private types
            return np.full((len(row), outputs), np.nan, np.float32)

    def ask(features: Floats) -> Floats:
        rows = np.ascontiguousarray(features[:, order]).reshape(-1, *shape)
        if together:
            found = one(rows)
            if np.isfinite(found).all():
                return found
        return np.concatenate([one(rows[k : k + 1]) for k in range(len(rows))])

    return ask
