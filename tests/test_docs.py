"""README and CONTRIBUTING are tested: their command lines run, what they name exists, the lock is clean."""

import json
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
from conftest import ROOT, copy_of_the_project, run

PAGES = ["README.md", "CONTRIBUTING.md"]
# Run by the tests in another way: the site by the fixture `made`, the tests by themselves, serve in the browser tests, query after a site;
# what takes an hour by tests/test_bench.py and tests/test_mutate.py.
ELSEWHERE = {"./run site", "./run test", "./run serve", "./run query", "./run bench", "PYTHONPATH=build python tests/"}


def command_lines(page):
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL):
        yield from (line.split("#")[0].strip() for line in block.splitlines() if line.strip())


def verbs():
    text = run(ROOT, "--help").stdout
    return set(re.findall(r"^    ([a-z-]+) ", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_commands_name_known_verbs(page):
    named = {line.split()[1] for line in command_lines(page) if line.startswith("./run")}
    assert named and named <= verbs()


def test_every_verb_is_in_the_docs():
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    assert {verb for verb in verbs() if f"./run {verb}" not in text} <= {"build"}


def test_the_command_lines_run(tmp_path):
    project = copy_of_the_project(tmp_path / "project")
    figures = project / "datapackage/data/figures.csv"
    before = figures.read_text(encoding="utf-8")
    for line in dict.fromkeys(line for page in PAGES for line in command_lines(page)):
        if any(line.startswith(other) for other in ELSEWHERE) or line.startswith("uv "):
            continue
        done = subprocess.run(
            ["bash", "-c", line.replace("./run", f"{shlex.quote(sys.executable)} run")],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        if line.startswith("./run add"):
            assert done.returncode == 0, done.stderr
            added = figures.read_text(encoding="utf-8").removeprefix(before)
            assert re.fullmatch(r"F\d{5},+\n", added)
            # An unfilled skeleton is no figure: the check says what is missing, in the row's own line.
            checked = run(project, "check")
            assert checked.returncode == 1
            assert f"figures.csv:{before.count(chr(10)) + 1}: as_stated: empty where a value is required" in checked.stderr
            figures.write_text(before, encoding="utf-8")
        else:
            assert done.returncode == 0, f"{line}: {done.stderr}"


def test_the_questions_in_the_docs_are_answered(made):
    lines = [line for page in PAGES for line in command_lines(page) if line.startswith("./run query")]
    assert lines
    for line in lines:
        done = run(made, *shlex.split(line)[1:])
        assert done.returncode == 0 and done.stdout.count("\n") > 5, f"{line}: {done.stderr}"


def test_places_named_in_the_readme_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for place in re.findall(r"`((?:datapackage|build|docs|tests)/[^`]*)`", text):
        assert list(ROOT.glob(place)), place


def test_the_lock_has_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "index" not in lock
    pinned = re.findall(r"^([a-z0-9-]+)==[^ ]+ .*\\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z]", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert {re.match(r"[a-z0-9-]+", name)[0] for name in wanted} <= set(pinned)


def test_each_dependency_is_justified_and_none_more():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    browser = json.loads((ROOT / "build/browser/package.json").read_text(encoding="utf-8"))["dependencies"]
    declared = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra), *browser]
    named = {re.match(r"[@\w./-]+", name)[0] for name in declared}
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("What each direct dependency is for")[1]
    assert set(re.findall(r"^\| ([@\w./-]+) \| \S", table, re.MULTILINE)) - {"---"} == named


def test_ci_runs_the_test_command():
    assert "./run test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_pages_come_in_both_languages():
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {name for name in pages if ".zh." not in name} == {name.replace(".zh.", ".") for name in pages if ".zh." in name}


def test_code_is_clean():
    for arguments in (["check", "."], ["format", "--check", "."]):
        done = subprocess.run([sys.executable, "-m", "ruff", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
