"""What is asked of a search, and what cannot be asked: told before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.campaign.falsify.contradiction import contradictory
from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import did_you_mean
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite
from simulator.scenario.space import space_of


@dataclass(frozen=True)
class Asked:
    """A search that somebody wants.

    Attributes
    ----------
    question : str
        Id of the scenario.
    requirements : tuple of str
        What is to be violated; all formulas of the scenario when empty.
    budget : int
        Most simulations of the search itself; controls, shrinking and fresh noises come on top.
    seed : int or None
        The suite's when None.
    workers : int
        Processes.
    control : tuple of str
        Builds that must be harmed; see `control.builds`.
    confirm : bool
        Whether each counterexample is replayed over Modbus TCP.
    results : Path
        Folder of all results.
    into : Path or None
        Where counterexamples are copied to.
    """

    question: str
    requirements: tuple[str, ...] = ()
    budget: int = 2000
    seed: int | None = None
    workers: int = 1
    control: tuple[str, ...] = ()
    confirm: bool = False
    results: Path = Path("results")
    into: Path | None = None


def checked(suite: ResolvedSuite, asked: Asked) -> tuple[ResolvedScenario, tuple[str, ...]]:
    """The question and the requirements that are searched.

    Raises
    ------
    InputError
        With everything that makes the search impossible.
    """
    if asked.question not in suite.scenarios:
        hint = did_you_mean(asked.question, suite.scenarios)
        raise InputError(
            Problem(f"question '{asked.question}'", "one of the suite", str(suite.file), hint=hint)
        )
    question = suite.scenarios[asked.question]
    named = asked.requirements or tuple(question.formulas)
    problems = [*_unknown(question, named), *_unsearchable(question)]
    if not problems:
        problems += _contradictions(question, named)
    if problems:
        raise InputError(*problems)
    return question, tuple(dict.fromkeys(named))


def _unknown(question: ResolvedScenario, named: tuple[str, ...]) -> Iterator[Problem]:
    file = str(question.file)
    for name in named:
        if name in question.requirements and name not in question.formulas:
            wanted = "a formula: a comparison has no margin in one run"
            yield Problem(f"requirement '{name}'", wanted, file)
        elif name not in question.formulas:
            hint = did_you_mean(name, question.formulas)
            yield Problem(f"requirement '{name}'", f"one that {question.id} is asked", file, hint=hint)
    if not named:
        yield Problem("no requirement that is a formula", "something to violate", file)


def _unsearchable(question: ResolvedScenario) -> Iterator[Problem]:
    file = str(question.file)
    if question.spec.wired:
        hint = "ask the same of a threat at the tap ai_write; --confirm tcp replays what is found"
        yield Problem("threats on connections", "threats that act in process", file, hint=hint)
    if not len(space_of(question)):
        hint = "give a threat or a start a distribution, or a threat a range under 'search'"
        yield Problem("nothing that varies", "something to search", file, hint=hint)


def _contradictions(question: ResolvedScenario, named: tuple[str, ...]) -> Iterator[Problem]:
    formulas = {name: question.formulas[name] for name in named}
    for one, other, quantity in contradictory(formulas):
        hint = "whatever is found says nothing: one of them fails at nominal too"
        got = f"{one} and {other}, which no {quantity} can satisfy together"
        yield Problem(got, "requirements that can all hold", str(question.file), hint=hint)
