"""What a suite asks of its wire: which AIs it reaches, and over which it can be asked at all."""

from __future__ import annotations

from collections.abc import Collection

from simulator.campaign.transport import Link
from simulator.core.errors import InputError, Problem
from simulator.scenario.resolved import ResolvedSuite


def refuse_unwired(suite: ResolvedSuite, only: Collection[str], link: Link) -> None:
    """Refuse to ask in process what is about connections.

    Raises
    ------
    InputError
        With the questions that need an AI behind Modbus TCP.
    """
    wired = [k for k, one in suite.scenarios.items() if one.spec.wired and (not only or k in only)]
    if wired and link.kind != "tcp":
        hint = "run the suite with --transport tcp, or choose other questions with --only"
        got = f"{', '.join(wired)}, whose threats act on connections"
        raise InputError(Problem(got, "an AI behind Modbus TCP", str(suite.file), hint=hint))


def invitation(suite: ResolvedSuite, only: Collection[str], link: Link) -> str:
    """What somebody who brings a controller of his own has to call.

    Raises
    ------
    InputError
        When the questions reach more than one AI: one controller cannot be them all.
    """
    asked = [one for key, one in suite.scenarios.items() if not only or key in only]
    reached = dict.fromkeys((str(one.plant.file), one.plant.key, one.variant) for one in asked)
    if len(reached) > 1:
        named = ", ".join(f"{variant} of {key}" for _, key, variant in reached)
        hint = "choose questions of one AI with --only"
        raise InputError(Problem(f"{len(reached)} AIs: {named}", "one, for one controller", hint=hint))
    file, _, variant = next(iter(reached))
    return (
        f"waiting up to {link.begin:g} s for a controller, for example:\n"
        f"  plantproof controller 127.0.0.1:{link.port} --plant {file} --ai {variant} --stay --wait 600"
    )
