"""What an envelope leaves in its folder when all points are known."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.campaign.envelope.account import account, compared, cut_short, findings
from simulator.campaign.envelope.curve import Curve
from simulator.campaign.envelope.survey import Survey
from simulator.record.layout import Layout
from simulator.record.writer import put, put_json, put_rows
from simulator.scenario.written import written

WORST = "worst.yaml"


def stopped(layout: Layout, surveys: list[Survey], along: list[Curve]) -> None:
    """Leave what is known of an envelope that was stopped: it can be looked at, and proves nothing.

    Nothing is left where a build has not been asked for the corners of its coarse cells.
    """
    if all(len(one.points) for one in surveys):
        put_json(layout.root / "envelope.json", {"format": 1, "orbits": []} | outcome(layout, surveys, along))


def outcome(layout: Layout, surveys: list[Survey], along: list[Curve]) -> dict[str, Any]:
    """``envelope.json`` but for its orbits; writes cells and the worst run as a scenario beside it."""
    accounts = [_counted(layout, survey) for survey in surveys]
    whole = surveys[-1]
    return {
        **_about(whole),
        "builds": accounts,
        "compared": compared(surveys),
        "curves": [curve.about() for curve in along],
        "worst_file": _worst(layout, whole, accounts[-1]["worst"]),
        "findings": list(findings(surveys, accounts, whole.tree.coarse)),
    }


def _counted(layout: Layout, survey: Survey) -> dict[str, Any]:
    cells = survey.cells()
    put_rows(layout.rows(survey.plane.asked.scenario, f"cells-{survey.build.key}", 0), cells)
    return account(survey, cells)


def _about(survey: Survey) -> dict[str, Any]:
    flat, name = survey.plane, survey.measured.requirement
    question = flat.asked.question
    unit, text = question.formulas[name].margin_unit, question.requirements[name].text
    return {
        "scenario": question.id, "question": question.spec.question, "plant": question.plant.key,
        "mode": None if question.spec.fallback_only else question.ai.mode,
        "requirement": {"id": name, "text": text, "unit": unit},
        "axes": flat.told(), "others": flat.others, "beside": flat.beside(), "replicas": survey.replicas,
        "cautions": list(cut_short(flat)),
        "coarse": survey.tree.coarse, "finest": survey.tree.finest, "budget": survey.budget,
    }  # fmt: skip


def _worst(layout: Layout, survey: Survey, told: dict[str, Any] | None) -> str | None:
    """The worst run of all layers as a scenario that can join a suite."""
    if told is None:
        return None
    question, noise = survey.plane.asked.question, np.array([told["noise"]])
    place = survey.points[told["row"] // survey.replicas][None] / survey.tree.finest
    point = survey.plane.points(place, noise)[0]
    spec = survey.plane.asked.space.at(point, f"{question.id}.ENV", question.spec.question, int(noise[0]))
    comments = (f"the worst run of an envelope of {question.id}: margin {told['margin']:.6g}",)
    put(layout.root / WORST, written(spec, comments).encode())
    return WORST
