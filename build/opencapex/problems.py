"""What is wrong, where, and how to mend it: one problem is one line."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SHOWN = 1000
LONGEST_PART = 1000  # characters of what was found, expected, or mends it


class Problem(NamedTuple):
    """One thing wrong with one place of an input file; line 0 is the file as a whole."""

    file: str
    line: int
    field: str
    found: str
    expected: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {shown(self.field, 100)[1:-1]}:" if self.field else ""
        return f"{place}:{field} {_one_line(self.found)} {_one_line(self.expected)}. Fix: {_one_line(self.fix)}"


class InputError(Exception):
    """Raised when the input cannot be used; carries every problem found, at least one."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(set(problems))
        super().__init__(report(self.problems))

    def __reduce__(self):
        return InputError, (self.problems,)  # as it comes from another process


def report(problems: Iterable[Problem]) -> str:
    """The first 1,000 problems, sorted, one a line, then how many there are in all."""
    ordered = sorted(set(problems))
    lines = [str(problem) for problem in ordered[:SHOWN]]
    more = len(ordered) - SHOWN
    counted = f"{len(ordered)} problem{'s' if len(ordered) != 1 else ''}"
    lines.append(f"{counted}, the first {SHOWN} shown" if more > 0 else counted)
    return "\n".join(lines)


def shown(value: object, longest: int = 60) -> str:
    """A value as it appears in a problem: quoted, invisible characters written out, cut when long."""
    text = str(value)
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + "'"


def read_text(path: Path, shown_as: str) -> str:
    """The text of a UTF-8 file; InputError when it is absent or not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError([Problem(shown_as, 0, "", reason, "where a readable file should be", "restore the file")]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        found = f"byte 0x{path.read_bytes()[error.start]:02x}"
        raise InputError([Problem(shown_as, line, "", found, "is not UTF-8", "save the file as UTF-8")]) from None


def _one_line(text: str) -> str:
    line = " ".join(str(text).split()).rstrip(".")
    return line if len(line) <= LONGEST_PART else line[: LONGEST_PART - 1] + "…"
