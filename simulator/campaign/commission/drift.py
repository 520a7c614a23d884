"""The drift monitor of one AI, fitted on normal days and set for the wanted time between false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.commission.arl import SLACK, inflation, limit_for, measured
from simulator.campaign.commission.days import Day
from simulator.campaign.commission.linear import least_squares, rounded
from simulator.scenario.schema.monitors import Explained, Monitor

Reals = NDArray[np.float64]
CHECKED = 1500.0
"""Samples between false alarms at which the fit is checked on fresh days."""


def fit(about: Monitor, fitted: Sequence[Day], levelled: Sequence[Day]) -> dict[str, dict[str, Any]]:
    """Models by signal, as the commissioning file keeps them.

    Parameters
    ----------
    about : Monitor
        The key ``monitor`` of the plant file.
    fitted : sequence of Day
        Days on which regression and autoregression are fitted.
    levelled : sequence of Day
        Other days, on which the limits are set.
    """
    wanted = about.false_alarms / about.period * len(about.signals)
    return {
        name: _model(signal, about.order, wanted, fitted, levelled) for name, signal in about.signals.items()
    }


def _model(
    signal: Explained, order: int, wanted: float, fitted: Sequence[Day], levelled: Sequence[Day]
) -> dict[str, Any]:
    target, rows = _rows(signal, fitted)
    # about their middle the sums lose no digits
    middle = rows.mean(axis=1)
    slopes = least_squares(rows - middle[:, None], target - target.mean())
    intercept = float(target.mean() - float((slopes * middle).sum()))
    head: dict[str, Any] = {
        "explain": signal.explain, "by": list(signal.by), "changes": list(signal.changes),
        "intercept": rounded(intercept), "slopes": [rounded(slope) for slope in slopes],
    }  # fmt: skip
    residuals = [residual(head, day) for day in fitted]
    past = [np.stack([r[order - 1 - p : -1 - p] for p in range(order)]) for r in residuals]
    now = np.concatenate([r[order:].ravel() for r in residuals])
    memory = least_squares(np.concatenate([p.reshape(order, -1) for p in past], axis=1), now)
    head |= {"memory": [rounded(a) for a in memory], "sigma": 1.0}
    spread = float(np.sqrt(np.mean(np.concatenate([whitened(head, day).ravel() for day in fitted]) ** 2)))
    head["sigma"] = rounded(spread)
    white = np.concatenate([whitened(head, day) for day in levelled], axis=1)
    factor = inflation(white)
    limit = round(factor * limit_for(wanted), 3)
    explained = 1.0 - float(np.var(np.concatenate([r.ravel() for r in residuals])) / np.var(target))
    told = {"explained": explained, "inflation": factor, "samples_between_alarms": wanted}
    return head | {
        "slack": SLACK, "limit": limit, "measured": {k: rounded(v) for k, v in (told | _shape(white)).items()}
    }  # fmt: skip


def _rows(signal: Explained, days: Sequence[Day]) -> tuple[Reals, Reals]:
    target = np.concatenate([_mean(day, signal.explain).ravel() for day in days])
    terms = [_terms(day, signal.by, signal.changes) for day in days]
    return target, np.concatenate([term.reshape(len(term), -1) for term in terms], axis=1)


def _mean(day: Day, tag: str) -> Reals:
    found: Reals = day.means[:, day.tags.index(tag)]
    return found


def _terms(day: Day, by: Sequence[str], changes: Sequence[str]) -> Reals:
    """Means, then their changes since the sample before, of which the first sample has none."""
    return np.array(
        [
            *(_mean(day, tag) for tag in by),
            *(np.diff(m := _mean(day, tag), axis=0, prepend=m[:1]) for tag in changes),
        ]
    )


def residual(model: dict[str, Any], day: Day) -> Reals:
    """What the others do not explain, shape (n_samples, n)."""
    found: Reals = _mean(day, model["explain"]) - model["intercept"]
    for term, slope in zip(_terms(day, model["by"], model["changes"]), model["slopes"], strict=True):
        found = found - slope * term
    return found


def whitened(model: dict[str, Any], day: Day) -> Reals:
    """Residuals less what the ones before tell of them [sigma], shape (n_samples - order, n)."""
    r, order = residual(model, day), len(model["memory"])
    found = r[order:].copy()
    for p, a in enumerate(model["memory"]):
        found -= a * r[order - 1 - p : -1 - p]
    return found / float(model["sigma"])


def _shape(white: Reals) -> dict[str, float]:
    """How white and how normal: greatest correlation at 1 to 30 samples, fourth moment (3 is normal)."""
    lags = range(1, min(31, len(white) - 1))
    power = float(np.mean(white**2))
    worst = max(abs(float(np.mean(white[k:] * white[:-k]))) / power for k in lags)
    return {"correlation": worst, "fourth_moment": float(np.mean(white**4)) / power**2}


def check(model: dict[str, Any], days: Sequence[Day]) -> dict[str, float]:
    """Run length on fresh days where `CHECKED` is asked for, and of how many alarms it is the mean."""
    white = np.concatenate([whitened(model, day) for day in days], axis=1)
    got, alarms = measured(white, model["measured"]["inflation"] * limit_for(CHECKED))
    return {"asked": CHECKED, "got": round(min(got, 1e9), 1), "alarms": alarms}
