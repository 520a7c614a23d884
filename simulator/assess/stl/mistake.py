"""What is wrong with a formula, and where in its text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LISTED = 8


class FormulaError(ValueError):
    """A formula cannot be read, or does not fit the signals or the record.

    Attributes
    ----------
    got, wanted : str
        What stands there and what should.
    position, length : int
        Zero-based place in the formula's text and how many characters to underline.
    hint : str
        What to do about it; may be empty.
    message : str
        ``got ..., wanted ...``.
    """

    def __init__(self, got: str, wanted: str, position: int, length: int, hint: str = "") -> None:
        self.got, self.wanted, self.hint = got, wanted, hint
        self.position, self.length = position, max(length, 1)
        self.message = f"got {got}, wanted {wanted}"
        super().__init__(f"{self.message}   {hint}".rstrip())


class MisfitError(Exception):
    """Two parts of a formula do not go together; the parser knows where they stand."""

    def __init__(self, got: str, wanted: str, hint: str = "") -> None:
        super().__init__(f"got {got}, wanted {wanted}")
        self.got, self.wanted, self.hint = got, wanted, hint


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word and what else there is.

    Examples
    --------
    >>> nearest("LT-10", ["LT-101", "LT-102"])
    'did you mean LT-101 ?   (known: LT-101, LT-102)'
    """
    words = sorted(known)
    close = difflib.get_close_matches(name, words, n=_LISTED, cutoff=0.6)
    close.sort(key=lambda word: (-difflib.SequenceMatcher(None, word, name).ratio(), word))
    listed = words if len(words) <= _LISTED else [*close, *(w for w in words if w not in close)][:_LISTED]
    rest = ", ..." if len(words) > len(listed) else ""
    hint = f"(known: {', '.join(listed)}{rest})" if words else ""
    return f"did you mean {close[0]} ?   {hint}" if close else hint
