"""Does the output guard still run? It is asked at every scan, and must have answered by the next.

The guard is what stands between the AI and the plant. A guard that has been killed leaves the value that
it admitted last and refuses nothing, so it is watched from outside: the watch puts a number before it,
the guard hands the number on when it runs. Too many unanswered scans take the loops from the AI.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.param import param
from simulator.core.states import GUARD_SCANS

Reals = NDArray[np.float64]
States = NDArray[np.int8]


class GuardWatchInputs(NamedTuple):
    """What the guard handed on, shape (n,)."""

    answered: Reals


class GuardWatchOut(NamedTuple):
    """The number that it is asked next, and whether it has stopped, shape (n,)."""

    asked: Reals
    stopped: States


@kernel
def _scan(unanswered: Any, most: int, answered: Any, asked: Any, stopped: Any) -> None:
    for i in range(asked.shape[0]):
        unanswered[i] = 0 if answered[i] == asked[i] else min(unanswered[i] + 1, most)
        stopped[i] = 1 if unanswered[i] >= most else 0
        asked[i] = (asked[i] + 1.0) % 65536.0


@dataclass(frozen=True)
class GuardWatch(Stepped):
    """The question that the output guard has to answer.

    Parameters
    ----------
    scans : int
        Scans in a row without an answer after which it has stopped.
    """

    scans: int = param(GUARD_SCANS, "1", at_least=1)

    def initial(self, n: int) -> NDArray[np.int64]:
        """Nothing is unanswered."""
        return np.zeros(n, np.int64)

    def calls(self, state: NDArray[np.int64], inputs: GuardWatchInputs, out: GuardWatchOut) -> Calls:
        """Hear the answer, and ask again."""
        return call(_scan, state, self.scans, inputs.answered, out.asked, out.stopped)
