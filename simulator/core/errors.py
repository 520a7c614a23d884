"""What a user's mistake looks like: where, what was got, what was wanted, what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake in the user's input.

    Attributes
    ----------
    got, wanted : str
        What stands there and what should.
    file : str
        File as the user named it; empty when the mistake is not in a file.
    line, column : int
        One-based place in `file`; 0 when unknown.
    where : str
        Path of the key inside the file, such as ``threats[0].target``.
    hint : str
        What to do about it.
    source : str
        The offending line of the file, verbatim.
    width : int
        How many characters of `source` to underline.
    """

    got: str
    wanted: str
    file: str = ""
    line: int = 0
    column: int = 0
    where: str = ""
    hint: str = ""
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = "  ".join(part for part in (place, f"{self.where}:" if self.where else "") if part)
        text = f"{head} got {self.got}, wanted {self.wanted}".lstrip()
        if self.source:
            text += f"\n{self.line:>5} | {self.source}"
            text += f"\n      | {' ' * (self.column - 1)}{'^' * max(self.width, 1)}"
            return text + (f"   {self.hint}" if self.hint else "")
        return text + (f"\n        {self.hint}" if self.hint else "")


class InputError(Exception):
    """The input is wrong: everything found wrong in one stage, for exit code 2."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Interrupted(Exception):
    """The run was stopped before it ended; what was computed is kept (exit code 3)."""
