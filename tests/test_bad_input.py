"""Bad input end to end: the verb runs as people run it, says its line and nothing else, and what was built before stays byte for byte.

What each kind of spoilt file says is in test_shape, test_schemas, test_fuzz and tests/broken; here are what only a whole run can show, and
what is no file at all.
"""

import hashlib
import resource
import zipfile

import pytest
from conftest import freeze, problems_of, run
from opencapex import pipeline
from opencapex.problems import InputError

# (what, file, text replaced, replacement, verb, the beginning of the line)
CASES = [
    ("a cell", "datapackage/data/units.csv", ",money,", ",monney,", "site", "datapackage/data/units.csv:2: measure: 'monney' is not one of"),
    ("a key twice", "datapackage/data/flags.csv", "\nbreak,", "\napproximate,", "build", "datapackage/data/flags.csv:"),
    ("the descriptor", "datapackage/datapackage.json", '"resources": [', '"resources": [,', "site", "datapackage/datapackage.json:"),
    ("a schema", "datapackage/schemas/units.yaml", "type: string", "type: text", "build", "datapackage/schemas/units.yaml:"),
    ("a model", "build/models/growth.sql", "with comparable as (", "with comparable is (", "site", "build/models/growth.sql:"),
    ("a model of two statements", "build/models/fx_daily.sql", "order by from_currency, to_currency, source.rate_date", "; select 1", "build",
     "build/models/fx_daily.sql:1: 2 statements where one SELECT should be"),
    ("a model that writes", "build/models/fx_daily.sql", "with quoted as (", "copy (select 1) to 'spoilt.csv'; with quoted as (", "build", "build/models/fx_daily.sql:"),
    ("a rule that attaches", "build/checks/bounds_in_order.sql", "select\n", "attach 'spoilt.duckdb'; select\n", "site", "build/checks/bounds_in_order.sql:"),
    ("a rule that reads a file", "build/checks/bounds_in_order.sql", "where lower > upper", "where lower > upper and (select count(*) from read_text('run')) > 0",
     "build", "build/checks/bounds_in_order.sql:11: 'read_text(' reads what is no table of the package"),
    ("a model that reads a file", "build/models/fx_daily.sql", "select rate_date, currency, units_per_eur from fx_rates",
     "select rate_date, currency, units_per_eur from 'spoilt.csv'", "build", "build/models/fx_daily.sql:"),
    ("a view", "build/views/capex.sql", "create view", "create vieuw", "build", "build/views/capex.sql:"),
    ("an expectation", "build/expectations.yaml", "expectation: ExpectColumnValuesToBeBetween", "expectation: ExpectWonders", "build", "build/expectations.yaml:"),
]  # fmt: skip


def state(project):
    """The bytes of everything that has been built."""
    built = [path for name in ("dist", "site") for path in sorted((project / name).rglob("*")) if path.is_file()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in built}


def refused(project, verb, line):
    done = run(project, verb, timeout=240)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    lines = done.stderr.strip().split("\n")
    assert any(said.startswith(line) for said in lines), done.stderr
    assert all(". Fix: " in said for said in lines[:-1]) and lines[-1].endswith(("problem", "problems", "shown"))


@pytest.mark.parametrize(("file", "old", "new", "verb", "line"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_what_was_built_stays(file, old, new, verb, line, made):
    path, before = made / file, state(made)
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    try:
        refused(made, verb, line)
    finally:
        path.write_text(content, encoding="utf-8")
    assert state(made) == before
    assert not [stray for stray in made.rglob("spoilt.*") if ".venv" not in stray.parts]


def test_a_disk_that_fills_up_leaves_what_was_built(made):
    """No file may grow beyond a megabyte: statements.csv does not fit."""
    before = state(made)

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))

    done = run(made, "build", preexec_fn=no_room, timeout=240)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert ". Fix: " in done.stderr and "room on the disk" in done.stderr
    assert state(made) == before and not list(made.glob(".work-*"))
    again = run(made, "build", timeout=240)
    assert again.returncode == 0, again.stderr


# What stands where a file should be, and what is said of it.
NO_FILES = [
    ("a folder", lambda path: path.mkdir(), "Is a directory"),
    ("a link to itself", lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
    ("a link that leads nowhere", lambda path: path.symlink_to("nowhere"), "No such file or directory"),
    ("nothing", lambda path: None, "No such file or directory"),
]


@pytest.mark.parametrize("file", ["datapackage/data/units.csv", "datapackage/schemas/units.yaml", "datapackage/datapackage.json"])
@pytest.mark.parametrize(("put", "says"), [pytest.param(*case[1:], id=case[0]) for case in NO_FILES])
def test_what_is_no_file(put, says, file, package):
    (package / file).unlink()
    put(package / file)
    assert problems_of(package)[0] == f"{file}: {says} where a readable file should be. Fix: restore the file"


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def grown(path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../outside.csv", "x\n")


def emptied(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [cut, grown, emptied])
def test_a_spoilt_archive(spoil, package):
    path = freeze(package, "0.1.0")
    spoil(path)
    assert problems_of(package) == [
        "datapackage/releases/opencapex-0.1.0.zip: its content is no longer what was released. Fix: restore the archive as it was"
    ]


def without_a_key(path):
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held["figures.csv"] = held["figures.csv"].replace(b"figure_id,", b"figure,", 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("spoil", [cut, grown, emptied, without_a_key])
def test_a_spoilt_archive_whose_sum_was_mended(spoil, package):
    """Somebody wrote the new sum beside it: what is no archive, or holds more, is still a line."""
    path = freeze(package, "0.1.0")
    spoil(path)
    sums = path.parent / "SHA256SUMS"
    sums.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"^datapackage/releases/{path.name}: .* cannot be read"):
        pipeline.build(package)
    assert not (package.parent / "outside.csv").exists()
