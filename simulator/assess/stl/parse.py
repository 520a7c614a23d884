"""From tokens to a formula: precedence climbs from ``->`` (loosest) to ``not`` (tightest)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.assess.stl import atoms, quantity
from simulator.assess.stl.atoms import Node
from simulator.assess.stl.cursor import Cursor
from simulator.assess.stl.formula import Formula
from simulator.assess.stl.lexer import tokens
from simulator.assess.stl.mistake import FormulaError
from simulator.assess.stl.tree import (
    Always,
    And,
    Eventually,
    Implies,
    Not,
    Or,
    Proposition,
    Quantity,
    Rise,
    Until,
)
from simulator.core.traces import Signal

RELATIONS = ("<", "<=", ">", ">=", "==", "!=")


def parse(text: str, signals: Mapping[str, Signal]) -> Formula:
    """Read a formula and check it against the signals it will be judged on.

    Parameters
    ----------
    text : str
        Such as ``always (true.reactor_temperature < 400 K)``.
    signals : mapping of str to Signal
        Every signal a formula may name, with unit, states and groups.

    Returns
    -------
    Formula
        Constants are converted to the unit of the signal they are compared with.

    Raises
    ------
    FormulaError
        With position, length and hint: bad grammar, an unknown signal, state or unit, a bare
        number where a quantity is wanted, units that do not fit.
    """
    reader = _Grammar(tuple(tokens(text)), signals)
    try:
        root = reader.proposition(0, reader.implication())
    except RecursionError:
        raise FormulaError("a formula nested this deeply", "a readable one", 0, len(text)) from None
    if reader.token.kind != "end":
        reader.refuse("the end of the formula, or and, or, ->, until")
    return Formula(text, root, {name: signals[name] for name in sorted(reader.used)})


class _Grammar(Cursor):
    """Recursive descent; every method reads one level of precedence."""

    def implication(self) -> Node:
        first, left = self.index, self.disjunction()
        if not self.accept("->"):
            return left
        premise, second = self.proposition(first, left), self.index
        return Implies(premise, self.proposition(second, self.implication()))

    def disjunction(self) -> Node:
        return self.chain("or", Or, self.conjunction)

    def conjunction(self) -> Node:
        return self.chain("and", And, self.until)

    def chain(self, word: str, make: type[And] | type[Or], below: Callable[[], Node]) -> Node:
        first, left = self.index, below()
        while self.accept(word):
            premise, second = self.proposition(first, left), self.index
            left = make(premise, self.proposition(second, below()))
        return left

    def until(self) -> Node:
        first, left = self.index, self.unary()
        if not self.accept("until"):
            return left
        kept, delays, second = self.proposition(first, left), self.interval(), self.index
        node = Until(kept, self.proposition(second, self.unary()), delays)
        if self.token.text == "until":
            self.refuse("one until at a time", "use parentheses")
        return node

    def unary(self) -> Node:
        if self.accept("not"):
            return Not(self.operand())
        if self.accept("always"):
            delays = self.interval()
            return Always(self.operand(), delays)
        if self.accept("eventually"):
            delays = self.interval()
            return Eventually(self.operand(), delays)
        return self.comparison()

    def operand(self) -> Proposition:
        """What a prefix operator binds to: the next unary expression or comparison."""
        first = self.index
        return self.proposition(first, self.unary())

    def comparison(self) -> Node:
        first, left = self.index, self.sum()
        relation = self.token.text
        if relation not in RELATIONS:
            return left
        node = self.relate(first, left, relation)
        if self.token.text in RELATIONS:
            self.refuse("one comparison at a time", "join two comparisons with and")
        return node

    def relate(self, first: int, left: Node, relation: str) -> Proposition:
        if isinstance(left, atoms.State):
            return self.state(left, relation)
        size = self.quantity(first, left)
        self.index += 1
        second = self.index
        other = self.quantity(second, self.sum())
        return self.fit(first, lambda: quantity.compare(relation, size, other))

    def state(self, left: atoms.State, relation: str) -> Proposition:
        if relation not in ("==", "!="):
            self.refuse("== or != after a signal with states", atoms.state_hint(left.signal))
        self.index += 1
        first, word = self.index, self.token
        if word.kind not in ("name", "number"):
            self.refuse(f"a state of {left.signal.name}", atoms.state_hint(left.signal))
        self.index += 1
        return self.fit(first, lambda: atoms.state_is(left.signal, word.text, relation == "=="))

    def sum(self) -> Node:
        first, left = self.index, self.product()
        while self.token.text in ("+", "-") and self.token.kind == "operator":
            if not self.token.spaced:
                hint = "TT-101 is a name, TT-101 - TT-102 a difference"
                self.refuse(f"spaces around '{self.token.text}'", hint)
            minus, sign = self.quantity(first, left), self.token.text
            left = self.add(first, minus, sign)
        return left

    def add(self, first: int, left: Quantity, sign: str) -> Quantity:
        self.index += 1
        second = self.index
        right = self.quantity(second, self.product())
        return self.fit(first, lambda: quantity.add(left, quantity.negative(right) if sign == "-" else right))

    def product(self) -> Node:
        first, left = self.index, self.signed()
        while self.accept("*"):
            size, second = self.quantity(first, left), self.index
            other = self.quantity(second, self.signed())
            left = self.multiply(first, size, other)
        return left

    def multiply(self, first: int, left: Quantity, right: Quantity) -> Quantity:
        return self.fit(first, lambda: quantity.multiply(left, right))

    def signed(self) -> Node:
        first = self.index
        if not self.accept("-"):
            return self.primary()
        of = self.quantity(self.index, self.signed())
        return self.fit(first, lambda: quantity.negative(of))

    def primary(self) -> Node:
        first, word = self.index, self.token
        if word.kind in ("number", "name"):
            self.index += 1
            return self.fit(first, lambda: self.leaf(word))
        if self.accept("("):
            node = self.implication()
            self.expect(")")
            return node
        if self.accept("abs"):
            of = self.inside(self.quantity, self.sum)
            return self.fit(first, lambda: quantity.absolute(of))
        if self.accept("rise"):
            return Rise(self.inside(self.proposition, self.implication))
        return self.refuse("a signal, a quantity or a parenthesis")
