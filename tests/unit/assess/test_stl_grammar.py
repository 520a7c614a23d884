"""What the formula language accepts, what it refuses, and where it points."""

import random

import pytest

from simulator.assess.stl import FormulaError, parse
from simulator.assess.stl.lexer import KEYWORDS
from simulator.assess.stl.tree import Always, And, Compare, Eventually, Implies, Not, Or, Rise, StateIs, Until
from simulator.core.traces import Signal, catalogue, flag

MODES = {"MAN": 0, "AUTO": 1, "RCAS": 2, "ROUT": 3}
SIGNALS = catalogue(
    [
        Signal("true.reactor_temperature", "K"),
        Signal("TT-101", "K"),
        Signal("TT-102", "K"),
        Signal("slope", "K/s"),
        Signal("valve", "%"),
        Signal("share", ""),
        Signal("alarms.in_10_min", ""),
        Signal("level", "cm"),
        Signal("depth", "m"),
        Signal("mode.TIC-101", states=MODES, groups={"AI": ("RCAS", "ROUT")}),
        flag("ai_fault"),
        flag("operator.rearm"),
        flag("p"),
        flag("q"),
        flag("r"),
    ]
)
P, Q, R = (StateIs(name, (1,), True) for name in "pqr")

SIGNED = [
    "always (true.reactor_temperature < 400 K)",
    "always (ai_fault -> eventually[0:4 s] mode.TIC-101 != AI)",
    "always (true.reactor_temperature > 353 K -> eventually[0:60 s] always[0:30 s] "
    "true.reactor_temperature <= 353 K)",
    "always (abs(TT-101 - TT-102) >= 4.5 K -> eventually[0:60 s] p)",
    "always (alarms.in_10_min <= 10)",
    "always (rise(mode.TIC-101 == AI) -> operator.rearm)",
    "always (ai_fault -> eventually[0 s:500 ms] (p and q))",
    "p until[0:5 s] q",
    "always (slope <= 1.2 K/s and valve >= 2 % and valve <= 98%)",
    "mode.TIC-101 == AUTO or 2 * level < 0.5 m",
    "TT-101 > -5 K",
    "TT-101 < 80 degC",
]


def read(text):
    return parse(text, SIGNALS)


def refused(text):
    with pytest.raises(FormulaError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize("text", SIGNED)
def test_a_signed_formula_is_read(text):
    assert read(text).text == text


def test_connectives_bind_in_the_agreed_order():
    """Loosest first: -> (to the right), or, and, until, then not, always, eventually."""
    assert read("p or q and r").root == Or(P, And(Q, R))
    assert read("p -> q -> r").root == Implies(P, Implies(Q, R))
    assert read("p and q -> r").root == Implies(And(P, Q), R)
    assert read("p and q until r").root == And(P, Until(Q, R, None))
    assert read("not p and q").root == And(Not(P), Q)
    assert read("always p -> q").root == Implies(Always(P, None), Q)
    assert read("(p or q) and r").root == And(Or(P, Q), R)


def test_a_temporal_prefix_takes_the_whole_comparison():
    nested = read("always (p -> eventually[0:60 s] always[0:30 s] TT-101 <= 353 K)").root
    inner = nested.of.right.of
    assert isinstance(nested.of.right, Eventually)
    assert isinstance(inner, Always)
    assert isinstance(inner.of, Compare)


def test_prefixes_may_follow_each_other_and_parentheses_may_hold_arithmetic():
    assert read("not rise(p)").root == Not(Rise(P))
    assert read("(TT-101 - TT-102) < 3 K").root == read("TT-101 - TT-102 < 3 K").root
    assert read("((p))").root == P


def test_a_group_stands_for_its_states():
    assert read("mode.TIC-101 != AI").root == StateIs("mode.TIC-101", (2, 3), False)
    assert read("mode.TIC-101 == MAN").root == StateIs("mode.TIC-101", (0,), True)
    assert read("ai_fault == TRUE").root == read("ai_fault").root


def test_constants_arrive_in_the_unit_of_their_signal():
    assert read("TT-101 < 76.85 degC").root.right.value == pytest.approx(350.0)
    assert read("valve < 98%").root.right.value == 98.0
    assert read("share < 5 %").root.right.value == pytest.approx(0.05)
    assert read("slope < 60 K/min").root.right.value == pytest.approx(1.0)
    assert read("5 cm > depth").root.left.value == pytest.approx(0.05)


def test_a_window_is_exact_and_the_first_bound_may_borrow_the_unit():
    assert read("always[0.1:0.3 s] p").root.window.ticks(100) == (1, 3)
    assert read("always[0 s:500 ms] p").root.window.ticks(100) == (0, 5)
    assert read("always[1:2 min] p").root.window.ticks(1000) == (60, 120)
    assert read("eventually [100:200 us] p").root.window.first * 10 == 1


def test_signals_unit_and_implication_are_known_from_the_text():
    formula = read("always (ai_fault -> TT-101 < 400 K)")
    assert formula.signals == {"ai_fault", "TT-101"}
    assert formula.margin_unit == "K"
    assert formula.has_implication
    assert not read("always p").has_implication
    assert read("always p").margin_unit == ""
    assert read("TT-101 < 4 K and level < 4 cm").margin_unit == ""


WRONG = [
    # text, underlined part, what the message must say, what the hint must say
    ("always (TT-10 < 4 K)", "TT-10", "wanted a recorded signal", "did you mean TT-101 ?"),
    ("TT-101 < 4", "TT-101 < 4", "got the bare number 4, wanted a quantity in K", "write 4 K"),
    ("valve < 4", "valve < 4", "wanted a quantity in %", "write 4 %"),
    ("share < 4 K", "share < 4 K", "got a quantity in K, wanted a plain number", ""),
    ("TT-101 < 4 m", "TT-101 < 4 m", "got a quantity in m, wanted a quantity in K", ""),
    ("TT-101 < 4 kK", "4 kK", "got the unit 'kK'", "did you mean K ?"),
    ("TT-101 < 4K", "4K", "a space between number and unit", "400 K"),
    ("TT-101 < level", "TT-101 < level", "got a quantity in cm, wanted a quantity in K", ""),
    ("TT-101 - TT-102 < 3 degC", "TT-101 - TT-102 < 3 degC", "degC in arithmetic", "K"),
    ("TT-101 -TT-102 < 3 K", "-", "wanted spaces around '-'", "a difference"),
    ("TT-101-TT-102 < 3 K", "TT-101-TT-102", "a recorded signal", "TT-101 - TT-102"),
    ("3 K < 4 K", "3 K < 4 K", "two constants", ""),
    ("TT-101 < 1e999 K", "1e999", "wanted a finite number", ""),
    ("1 K < TT-101 < 4 K", "<", "one comparison at a time", "and"),
    ("TT-101 = 4 K", "=", "got '='", "write =="),
    ("TT-101", "TT-101", "got a quantity, wanted a comparison", "<"),
    ("not TT-101", "TT-101", "got a quantity", ""),
    ("abs(p) < 3 K", "p", "which has states", ""),
    ("(p and q) < 3 K", "(p and q)", "got a proposition, wanted a quantity", ""),
    ("mode.TIC-101", "mode.TIC-101", "wanted a state to compare with", "MAN"),
    ("mode.TIC-101 == AUT", "AUT", "wanted a state of mode.TIC-101", "did you mean AUTO ?"),
    ("mode.TIC-101 == 1", "1", "wanted a state of mode.TIC-101", "MAN"),
    ("mode.TIC-101 < AUTO", "<", "wanted == or !=", "AI"),
    ("mode.TIC-101 == (p)", "(", "wanted a state", "AUTO"),
    ("always[0:4] p", "4", "got the bare number 4, wanted a delay with a unit", "write 4 s"),
    ("always[0:4 K] p", "4 K", "wanted a time", "ms"),
    ("always[5:4 s] p", "5:4 s", "wanted a first bound not after the last", ""),
    ("always[-1:4 s] p", "-", "wanted a delay of zero or more", "[0:4 s]"),
    ("always[0,4 s] p", ",", "got ','", ":"),
    ("p until q until r", "until", "one until at a time", "parentheses"),
    ("p && q", "&", "got '&'", "and"),
    ("always (p", "", "got the end of the formula, wanted ')'", ""),
    ("p q", "q", "got 'q', wanted the end of the formula", ""),
    ("p and", "", "wanted a signal", ""),
    ("", "", "wanted a signal", ""),
    ("rise p", "p", "wanted '('", ""),
]


@pytest.mark.parametrize(("text", "underlined", "says", "hint"), WRONG)
def test_a_mistake_is_shown_where_it_stands(text, underlined, says, hint):
    error = refused(text)
    assert says in error.message
    assert hint in error.hint
    start = error.position
    assert text[start : start + error.length] == underlined
    assert error.message == f"got {error.got}, wanted {error.wanted}"


def test_an_error_underlines_at_least_one_place():
    assert refused("always (p").position == len("always (p")
    assert refused("always (p").length == 1


def test_any_text_is_either_read_or_refused_with_a_place_inside_it():
    """Random heaps of words: no other exception, and no place outside the text."""
    rng = random.Random(2)
    words = [*KEYWORDS, "->", "(", ")", "[", "]", ":", "<", "<=", "==", "-", "+", "*", "$", "\u00b0"]
    words += ["p", "q", "p", "q", "TT-101", "4", "AI", "x", "1e9"]
    words += ["[0:4 s]", "5 K", "TT-101 < 5 K", "mode.TIC-101", "3 %", "80 degC", "K^-2", "\n"]
    outcomes = {True: 0, False: 0}
    for _ in range(5_000):
        text = " ".join(rng.choices(words, k=rng.randrange(1, 9)))
        try:
            read(text)
            outcomes[True] += 1
        except FormulaError as error:
            outcomes[False] += 1
            assert 0 <= error.position <= len(text)
            assert error.position + error.length <= len(text) + 1
    assert min(outcomes.values()) > 50, outcomes


@pytest.mark.parametrize("heap", ["(" * 5_000, "not " * 5_000 + "p", "p -> " * 5_000 + "p"])
def test_a_formula_nested_beyond_reading_is_refused(heap):
    assert "nested this deeply" in refused(heap).message
