"""A value that is no number: NaN in the feature vector, a dead input card, a policy that returns NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.core.kernel import kernel


@kernel
def blank(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Make the struck rows NaN while active."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = np.nan if active[i] == 1 else before[row, i]
