"""What the report is made of: one entry a section, its partial page and the parts that fill it.

A section is added by a partial in ``sections/``, its functions of a folder, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.report import (
    demands,
    drawn,
    drift,
    front,
    frontier,
    handovers,
    hunted,
    identity,
    lopa,
    matrix,
    parametric,
    people,
    protection,
    rare,
    record,
    register,
    residual,
    safeguards,
    scope,
    spreads,
    system,
    tables,
    variants,
    zones,
)  # fmt: skip
from simulator.report.folder import Folder

Parts = Mapping[str, tuple[Callable[[Folder], Any], Any]]
"""By the name the partial uses: how a part is made, and what stands in when its files are damaged."""


@dataclass(frozen=True)
class Section:
    """One section.

    Attributes
    ----------
    file : str
        Name of its partial: the number by which it is sorted, and its anchor on the page.
    title : str
        Its heading.
    parts : mapping
        What its partial prints, beside ``words`` and ``folder``, the folder's name.
    """

    file: str
    title: str
    parts: Parts

    @property
    def number(self) -> str:
        """As printed."""
        return self.file.partition("_")[0].lstrip("0")

    @property
    def name(self) -> str:
        """Its anchor."""
        return self.file.partition("_")[2]


_NO_CONTROLS: dict[str, Any] = {
    "judged": [], "unchallenged": [], "known": False, "mutants": None, "repeats": "not repeated",
}  # fmt: skip

SECTIONS = (
    Section(
        "01_one_page",
        "One page",
        {
            "worst": (front.worst, []),
            "families": (front.families, []),
            "first": (tables.open_items, []),
            "glance": (drawn.glance, ""),
        },
    ),
    Section(
        "02_scope",
        "Scope, and what is not claimed",
        {
            "simulated": (scope.simulated, []),
            "outside": (scope.outside, []),
            "unassessed": (scope.unassessed, []),
            "notes": (scope.notes, []),
        },
    ),
    Section(
        "03_system",
        "System under test",
        {
            "diagrams": (drawn.diagrams, ""),
            "limits": (system.limits, []),
            "models": (system.models, []),
            "contracts": (system.contracts, []),
        },
    ),
    Section(
        "04_threats",
        "Threats and hazards",
        {
            "threats": (register.threats, []),
            "versions": (scope.versions, {"attack": [], "atlas": ""}),
        },
    ),
    Section(
        "05_matrix",
        "Cause and effect",
        {
            "effects": (matrix.effects, matrix.EFFECTS),
            "injections": (matrix.injections, []),
            "transitions": (matrix.transitions, []),
        },
    ),
    Section(
        "06_lopa",
        "LOPA touch points",
        {
            "events": (lopa.events, []),
            "independence": (lopa.independence, []),
            "study": (lopa.study, {}),
            "figure": (lopa.figure, ""),
        },
    ),
    Section(
        "07_record",
        "Test record",
        {"questions": (record.questions, []), "confidence": (tables.confidence, "the stated")},
    ),
    Section(
        "08_envelope",
        "The safety envelope",
        {
            "held": (drawn.held, {"rows": [], "figure": ""}),
            "fans": (drawn.fans, []),
            "planes": (drawn.planes, ""),
            "times": (drawn.times, ""),
            "alarms": (drawn.alarms, ""),
            "known": (spreads.has_marks, False),
        },
    ),
    Section(
        "08b_adequacy",
        "Safety functions against time",
        {
            "adequacy": (protection.adequacy, []),
            "bars": (drawn.bars, ""),
            "layers": (safeguards.layers, []),
            "phases": (zones.phases, []),
            "conduits": (zones.conduits, []),
        },
    ),
    Section(
        "08c_frontier",
        "Where safe ends, and how large an attack may be",
        {"envelopes": (frontier.envelopes, [])},
    ),
    Section(
        "08f_drift",
        "The drift monitor: false alarms against delay",
        {
            "lines": (drift.lines, []),
            "figure": (drawn.drifts, ""),
            "shifts": (lambda _: drift.SHIFTS, drift.SHIFTS),
        },
    ),
    Section(
        "08j_parameters",
        "Plants that are not as designed",
        {
            "study": (parametric.study, {}),
            "lines": (parametric.lines, []),
            "map": (drawn.off_design, ""),
        },
    ),
    Section(
        "08k_variants",
        "The variants of the AI against each other",
        {
            "compared": (variants.compared, []),
            "figure": (drawn.variants_of_the_ai, ""),
            "reasons": (variants.reasons, []),
        },
    ),
    Section(
        "08l_handover",
        "Hand-over, and the operator's override",
        {"proof": (handovers.proof, {}), "figure": (handovers.figure, "")},
    ),
    Section(
        "08m_searched",
        "Searched for what violates",
        {"searches": (hunted.searches, [])},
    ),
    Section(
        "08n_demands",
        "Demands per plant-year",
        {
            "about": (demands.about, {}),
            "totals": (demands.totals, []),
            "quiet": (demands.quiet, []),
            "events": (demands.events, []),
            "requirements": (demands.requirements, []),
            "figure": (demands.drawn, ""),
        },
    ),
    Section(
        "08o_rare",
        "Rare failures, and tests that ended early",
        {"studies": (rare.studies, []), "tests": (rare.sequential, [])},
    ),
    Section(
        "09_people",
        "Human oversight",
        {
            "operators": (people.operators, []),
            "truth": (people.truth_table, {"modes": [], "events": []}),
            "orders": (people.orders, []),
            "takeovers": (drawn.takeovers, ""),
            "bumps": (drawn.bumps, ""),
            "known": (spreads.has_marks, False),
        },
    ),
    Section(
        "11_suite",
        "The suite judged",
        {"controls": (protection.controls, _NO_CONTROLS), "environment": (identity.environment, [])},
    ),
    Section(
        "14_punch",
        "Deviations and punch list",
        {"punch": (tables.punch, []), "judged": (lambda folder: bool(folder.scenarios), False)},
    ),
    Section(
        "15_conditions",
        "Residual risk and conditions of use",
        {
            "valid": (residual.envelope, []),
            "expiry": (residual.expiry, []),
            "duties": (residual.duties, []),
            "site": (residual.site_tests, []),
            "risks": (residual.risks, []),
        },
    ),
    Section("16_signatures", "Signatures", {}),
    Section(
        "A_annexes",
        "How to verify",
        {
            "inputs": (identity.inputs, []),
            "manifest": (identity.manifest, {"n": 0, "changed": []}),
            "fingerprint": (identity.fingerprint, "not recorded"),
        },
    ),
)
"""In the order of the page."""

LATER = {
    "8h": "simulated against hardware in the loop",
    "10": "agents and language models",
    "12": "guidance matrix",
    "13": "assurance argument",
}
"""Parts of a full report that this version does not make; the page names them."""
