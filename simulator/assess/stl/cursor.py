"""Stepping through the tokens of a formula, and pointing at the one that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Never, TypeVar

from simulator.assess.stl import atoms, quantity
from simulator.assess.stl.atoms import Node
from simulator.assess.stl.lexer import Token
from simulator.assess.stl.mistake import FormulaError, MisfitError
from simulator.assess.stl.span import window
from simulator.assess.stl.tree import Proposition, Quantity, Window
from simulator.core.traces import Signal

T = TypeVar("T")


@dataclass
class Cursor:
    """A place among the tokens; what it reads needs no knowledge of precedence."""

    words: tuple[Token, ...]
    signals: Mapping[str, Signal]

    def __post_init__(self) -> None:
        self.index = 0
        self.used: set[str] = set()

    @property
    def token(self) -> Token:
        return self.words[self.index]

    def accept(self, *texts: str) -> bool:
        """Step over the next token when it is one of these."""
        if self.token.kind in ("operator", "keyword") and self.token.text in texts:
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.refuse(f"'{text}'")

    def refuse(self, wanted: str, hint: str = "") -> Never:
        """Point at the next token."""
        word = self.token
        got = word.text if word.kind == "end" else f"'{word.text}'"
        raise FormulaError(got, wanted, word.start, word.end - word.start, hint)

    def fit(self, first: int, make: Callable[[], T]) -> T:
        """Build a node; a misfit points at everything read since token `first`."""
        try:
            return make()
        except MisfitError as misfit:
            start, end = self.words[first].start, self.words[max(self.index - 1, first)].end
            raise FormulaError(misfit.got, misfit.wanted, start, end - start, misfit.hint) from None

    def proposition(self, first: int, node: Node) -> Proposition:
        return self.fit(first, lambda: atoms.as_proposition(node))

    def quantity(self, first: int, node: Node) -> Quantity:
        return self.fit(first, lambda: atoms.as_quantity(node))

    def interval(self) -> Window | None:
        if not self.accept("["):
            return None
        bounds = [self.bound()]
        self.expect(":")
        bounds.append(self.bound())
        self.expect("]")
        return window(bounds[0], bounds[1])

    def bound(self) -> Token:
        if self.token.kind != "number":
            self.refuse("a delay of zero or more, such as 4 s", "an interval is written [0:4 s]")
        self.index += 1
        return self.words[self.index - 1]

    def inside(self, kind: Callable[[int, Node], T], read: Callable[[], Node]) -> T:
        """The argument of ``abs`` or ``rise``."""
        self.expect("(")
        argument = kind(self.index, read())
        self.expect(")")
        return argument

    def leaf(self, word: Token) -> Node:
        if word.kind == "number":
            return quantity.constant(float(word.number), word.unit)
        self.used.add(word.text)
        return atoms.named(word.text, self.signals)
