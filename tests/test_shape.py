"""Dirty input: each case spoils one file of the tiny package and must give its one line, never a traceback.

`frictionless` is the second opinion: where it lets a case pass, the case says so (ours is harsher on purpose);
it never refuses what we accept.
"""

import pytest
from conftest import problems_of
from frictionless import FrictionlessException, Package, system

FIGURES, SOURCES = "datapackage/data/figures.csv", "datapackage/data/sources.csv"
UNITS, FX = "datapackage/data/units.csv", "datapackage/data/fx_rates.csv"


def swap(old, new):
    return lambda content: content.replace(old.encode(), new.encode(), 1)


# (what, file, edit of its bytes, the line, whether frictionless sees it too)
CASES = [
    ("byte-order mark", UNITS, lambda b: b"\xef\xbb\xbf" + b,
     f"{UNITS}:1: zero width no-break space (U+FEFF) is not allowed in the data", False),
    ("CRLF", UNITS, lambda b: b.replace(b"\n", b"\r\n", 1), f"{UNITS}:1: control character (U+000D) is not allowed in the data", False),
    ("no final newline", UNITS, lambda b: b[:-1], f"{UNITS}:5: no line end after the last row", False),
    ("blank line", UNITS, lambda b: b.replace(b"\nUSD", b"\n\nUSD"), f"{UNITS}:4: an empty line where a row should be", True),
    ("latin-1", UNITS, lambda b: b.replace(b"US dollar", b"US d\xf6llar"), f"{UNITS}:4: byte 0xf6 is not UTF-8", True),
    ("zero-width space", UNITS, swap("US dollar", "US\u200bdollar"), f"{UNITS}:4: zero width space (U+200B) is not allowed", False),
    ("full-width digits", FX, swap("7.5", "７.5"), f"{FX}:2: fullwidth digit seven (U+FF17) is not allowed", False),
    ("decomposed letter", UNITS, swap("US dollar", "US do\u0308llar"), f"{UNITS}:4: decomposed characters where composed ones", False),
    ("header renamed", UNITS, swap("measure", "messure"), f"{UNITS}:1: header", True),
    ("header with a space", UNITS, swap("measure", "measure "), f"{UNITS}:1: header", False),
    ("a cell too many", UNITS, swap("美元", "美元,x"), f"{UNITS}:4: 8 cells where the header has 7", True),
    ("a cell too few", FX, swap("2025-02-04,CNY,7.5", "2025-02-04,CNY"), f"{FX}:2: 2 cells where the header has 3", True),
    ("stray quote", UNITS, swap("US dollar", 'US "dollar'), f"{UNITS}:4: a quote that a CSV writer would not place here", False),
    ("formula", UNITS, swap("US dollar", "=1+1"), f"{UNITS}:4: name_en: '=1+1' reads as a formula in a spreadsheet", False),
    ("leading space", UNITS, swap("US dollar", " US dollar"), f"{UNITS}:4: name_en: ' US dollar' begins or ends with a space", False),
    ("NaN", FX, swap("7.5", "NaN"), f"{FX}:2: units_per_eur: 'NaN' is not a plain number with at most 6 decimals", True),
    ("thousands", FX, swap("7.5", "7_500"), f"{FX}:2: units_per_eur: '7_500' is not a plain number", False),
    ("exponent", FX, swap("7.5", "7e5"), f"{FX}:2: units_per_eur: '7e5' is not a plain number", False),
    ("trailing zero", FX, swap("7.5", "7.50"), f"{FX}:2: units_per_eur: '7.50' is not a plain number", False),
    ("unpadded day", FX, swap("2025-02-04,CNY", "2025-2-4,CNY"), f"{FX}:2: rate_date: '2025-2-4' is not a day of 1980 to 2099 written YYYY-MM-DD", False),
    ("no such day", FX, swap("2025-02-04,CNY", "2025-02-30,CNY"), f"{FX}:2: rate_date: '2025-02-30' is not a day of 1980 to 2099 written YYYY-MM-DD", True),
    ("unknown value", FIGURES, swap(",guidance,", ",guess,"), f"{FIGURES}:3: status: 'guess' is not one of actual, estimate", False),
    ("bad pattern", FIGURES, swap("F00006", "F6"), f"{FIGURES}:7: figure_id: 'F6' does not look like F[0-9]{{5}}", True),
    ("missing value", FIGURES, swap(",page 1,", ",,"), f"{FIGURES}:2: locator: empty where a value is required", True),
    ("key twice", FX, swap("2025-02-04,USD", "2025-02-04,CNY"), f"{FX}:3: rate_date, currency: '2025-02-04/CNY' stands already in line 2", True),
    ("unknown reference", FIGURES, swap(",alpha-results,", ",nowhere,"), f"{FIGURES}:2: source_id: 'nowhere' is not in sources", True),
    ("script address", SOURCES, swap("https://example.org/results", "javascript:alert(1)"),
     f"{SOURCES}:2: url: 'javascript:alert(1)' is not one http(s) address", False),
    ("not sorted", FX, lambda b: b"\n".join([b.split(b"\n")[0], *b.split(b"\n")[2:0:-1], b""]),
     f"{FX}:3: rate_date, currency: '2025-02-04/CNY' stands after a row that it should precede", False),
    ("empty file", UNITS, lambda b: b"", f"{UNITS}:1: header '' is not the declared", True),
]  # fmt: skip


def second_opinion(root):
    """Whether frictionless finds the package valid."""
    with system.use_context(trusted=True):
        try:
            return Package(str(root / "datapackage/datapackage.json")).validate().valid
        except FrictionlessException:
            return False


@pytest.mark.parametrize(("file", "edit", "line", "seen_by_frictionless"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_dirty_file(file, edit, line, seen_by_frictionless, package):
    path = package / file
    before = path.read_bytes()
    path.write_bytes(edit(before))
    assert path.read_bytes() != before
    found = problems_of(package)
    assert any(problem.startswith(line) for problem in found), found
    assert second_opinion(package) is not seen_by_frictionless


def test_both_accept_the_tiny_package(package):
    assert problems_of(package) == []
    assert second_opinion(package)


def test_both_accept_the_real_package(root):
    assert problems_of(root) == []
    assert second_opinion(root)


def test_missing_file(package):
    (package / FX).unlink()
    assert [p for p in problems_of(package) if p.startswith(f"{FX}: No such file or directory where a readable file should be")]


def test_symbolic_link(package, tmp_path):
    elsewhere = tmp_path / "elsewhere.csv"
    (package / FX).rename(elsewhere)
    (package / FX).symlink_to(elsewhere)
    assert [p for p in problems_of(package) if p.startswith(f"{FX}: a symbolic link where a file should be")]


@pytest.mark.parametrize("old, new, says", [
    (b"\n", b"\r\n", "control character (U+000D), 5 times from here on, is not allowed"),
    (b",", b";", "header"),
])  # fmt: skip
def test_a_mistake_in_every_line_is_one_line(old, new, says, package):
    (package / UNITS).write_bytes((package / UNITS).read_bytes().replace(old, new))
    assert [p.startswith(f"{UNITS}:1: {says}") for p in problems_of(package) if p.startswith(UNITS)] == [True]


def test_all_problems_in_one_run(package):
    for file, old, new in [(FX, "7.5", "x"), (UNITS, "US dollar", "=x"), (FIGURES, "F00006", "F6")]:
        path = package / file
        path.write_bytes(swap(old, new)(path.read_bytes()))
    found = problems_of(package)
    assert {problem.split(":")[0] for problem in found} == {FX, UNITS, FIGURES}
    assert found == sorted(found)
