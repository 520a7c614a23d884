"""A steam condenser with a recurrent neural controller: the plant of the falsification competition.

Equations and constants of the model SC of the ARCH-COMP category "falsification", written anew. The
pressure of the condenser must settle in a narrow band while the steam flow varies by a quarter of a
per cent.

References
----------
.. [1] G. Ernst et al., "ARCH-COMP 2021 category report: falsification with validation of results",
   EPiC Series in Computing 80, 2021, doi:10.29007/xwl1.
.. [2] S. Yaghoubi, G. Fainekos, "Gray-box adversarial testing for control systems with machine
   learning components", HSCC 2019, doi:10.1145/3302504.3311814.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel, rule

Reals = NDArray[np.float64]

END, FROM = 35.0, 30.0
"""Length of a run, and when the pressure must have settled [s]."""
LOW, HIGH = 87.0, 87.5
"""The band in which it must be [kPa]."""
FLOWS = (3.99, 4.01)
"""Steam flow [kg/s]."""

PRESSURE = np.array([50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0])
BOILING = np.array([81.3167, 85.9258, 89.9315, 93.4854, 96.6870, 99.6059, 102.2923])
LATENT = np.array([2305.42, 2293.64, 2283.30, 2274.05, 2265.65, 2257.92, 2250.76])

IN = np.array([-0.36932254958803395, 0.37111199431650393, -0.52736280584118833])
BIAS = np.array([0.40129050296348601, -0.12475735064274925, -1.3584541012442735])
BACK = np.array([
    [0.44769854454577174, 1.1961840315574388, 1.1412233787458486,
     0.72001623019786209, -0.37547125154051064, -0.61546760904874331],
    [-0.16668730359454359, -0.016432941671533533, -0.22132796342367161,
     -0.037206224095552992, 0.059874671921603305, 0.080202592729115826],
    [0.24187644262601646, -0.66963285238228187, -1.0984401489322673,
     0.029109804692608397, 1.3722216833345802, 0.66166906669524039],
])  # fmt: skip
OUT = np.array([-0.22749313555095124, 2.0804767959906643, -0.56644809886208158])
OUT_BIAS = -0.33227866684137108
ERRORS = (-3.7742393716738434, 5.7997431225043385)
OUTPUTS = (-30.855068745036114, 66.879264965962932)
WATER = 107.8880952381
"""Flow of cooling water at the start [kg/s]."""
INFLOW_T, VOLUME, MASS = 60.0, 3.0, 500.0
N_STATES = 10


@rule
def table(x: float, ys: Any) -> float:
    """A property of steam at a pressure [kPa], linear between and beyond the entries of its table."""
    k = min(max(int((x - 50.0) // 10.0), 0), 5)
    return ys[k] + (ys[k + 1] - ys[k]) * (x - PRESSURE[k]) / 10.0


@rule
def heat(pressure: float, outlet: float, water: float) -> float:
    """Heat through the tubes [kW] by the logarithmic mean of the temperature differences."""
    boiling = table(pressure, BOILING)
    resistance = 0.0872924756541668 / water**0.8 + 0.00073786772008033
    mean = (outlet - INFLOW_T) / math.log((boiling - INFLOW_T) / (boiling - outlet))
    return mean / resistance


@rule
def slopes(x: Any, steam: float, wanted: float, out: Any) -> None:
    """Rates of pressure, outlet temperature, water flow, sensor and the controller's six states."""
    error = 2.0 * (x[3] - wanted - ERRORS[0]) / (ERRORS[1] - ERRORS[0]) - 1.0
    answer = OUT_BIAS
    for i in range(3):
        total = IN[i] * error + BIAS[i]
        for j in range(6):
            total += BACK[i, j] * x[4 + j]
        active = math.tanh(total)
        answer += OUT[i] * active
        out[4 + i] = active - 10.0 * x[4 + i]
        out[7 + i] = x[4 + i] - 10.0 * x[7 + i]
    order = OUTPUTS[0] + (answer + 1.0) * 0.5 * (OUTPUTS[1] - OUTPUTS[0]) + WATER
    moved = heat(x[0], x[1], x[2])
    out[0] = 0.461526 / VOLUME * (steam - moved / table(x[0], LATENT)) * table(x[0], BOILING)
    out[1] = (moved / 4.2 + x[2] * (INFLOW_T - x[1])) / MASS
    out[2] = min(max(order, 0.0), 200.0) - x[2]
    out[3] = (x[0] - x[3]) / 0.5


@kernel
def _courses(steam: Any, step: float, shown: Any) -> None:
    """Runs (n, n_pieces) by Runge and Kutta's method; the sensor after every step, shape (n, n_steps)."""
    n_steps = shown.shape[1]
    x, y, rates = np.empty(N_STATES), np.empty(N_STATES), np.empty((4, N_STATES))
    for i in range(shown.shape[0]):
        x[:] = 0.0
        x[0], x[1], x[2], x[3] = 90.0, 80.0, WATER, 90.0
        for k in range(n_steps):
            flow = steam[i, k * steam.shape[1] // n_steps]
            wanted = 90.0 if k * step < 2.0 - 0.5 * step else 87.0
            slopes(x, flow, wanted, rates[0])
            for stage in range(1, 4):
                share = step if stage == 3 else 0.5 * step
                for s in range(N_STATES):
                    y[s] = x[s] + share * rates[stage - 1, s]
                slopes(y, flow, wanted, rates[stage])
            for s in range(N_STATES):
                x[s] += step / 6.0 * (rates[0, s] + 2.0 * (rates[1, s] + rates[2, s]) + rates[3, s])
            shown[i, k] = x[3]


def courses(steam: Reals, step: float) -> Reals:
    """Pressure as the sensor shows it [kPa] after every step, for steam flows held in equal pieces.

    Parameters
    ----------
    steam : ndarray, shape (n, n_pieces)
        Steam flow [kg/s].
    step : float
        Step of integration [s].

    Returns
    -------
    ndarray, shape (n, n_steps)
        At `step`, 2 `step`, ... up to 35 s.

    Examples
    --------
    >>> courses(np.array([[4.0]]), 0.02)[0, [199, 299, 1499]].round(3)
    array([86.555, 87.627, 87.293])
    """
    shown = np.empty((len(steam), round(END / step)))
    _courses(np.ascontiguousarray(steam), step, shown)
    return shown


def margins(points: Reals, step: float = 0.0125) -> Reals:
    """Robustness [kPa] of ``always[30,35](87 <= S <= 87.5)``, shape (n, 1), at points of [0, 1]."""
    shown = courses(FLOWS[0] + (FLOWS[1] - FLOWS[0]) * points, step)[:, round(FROM / step) - 1 :]
    return np.minimum(shown.min(axis=1) - LOW, HIGH - shown.max(axis=1))[:, None]
