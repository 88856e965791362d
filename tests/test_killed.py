"""Nothing half done: a verb that is killed, or finds no room, leaves what stood there before or all of what it makes, and the next run succeeds.

A run is killed before the renames that put its results in place, and at a moment drawn by lot; it opens no result for writing.
"""

import errno
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, small_package
from opencapex import aside, curate, fx
from test_release import commit, git, prepare

# A verb on any project, without the second opinions (slow, and of the real data), killed before its n-th rename; prints how many there were.
CHILD = """
import os, signal, sys
from multiprocessing.pool import ThreadPool
from pathlib import Path
from opencapex import curate, fx, quality, release, site
quality.second_opinion = lambda descriptor: None
quality.examine = lambda root, con: []
root, verb, moment = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
renames = 0
def watch(event, arguments):
    global renames
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(str(root)) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        assert "/.work-" in arguments[0], arguments[0]
    if event == "os.rename":
        renames += 1
        if renames == moment:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
if verb == "format":
    curate.format_package(root)
elif verb == "update fx":
    fx.update_fx(root)
elif verb == "add":
    curate.add_row(root, "figures")
elif verb == "release":
    release.release(root, "0.1.0")
else:
    site._second_process = lambda: ThreadPool(1)
    site.build_site(root, root) if verb == "site" else site.build_data(root, root)
print(renames)
"""
RESULTS = ("datapackage", "docs", "dist", "site")


def run(project, verb, moment=0):
    command = [sys.executable, "-c", CHILD, str(project), verb, str(moment)]
    return subprocess.run(
        command, env={"PYTHONPATH": str(ROOT / "build"), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=False
    )


def state(project):
    """{file: bytes} of what the verbs write; of DuckDB's own file, whose bytes are not the same each time, that it is there."""
    places = [path for name in RESULTS for path in (project / name).rglob("*") if path.is_file() and ".work-" not in str(path)]
    return {path.relative_to(project).as_posix(): b"" if path.suffix == ".duckdb" else path.read_bytes() for path in places}


def spoil_order(project):
    for name in ("units", "flags"):
        path = project / f"datapackage/data/{name}.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")


def ready_to_release(project):
    (project / "docs").unlink()
    (project / "docs").mkdir()
    for name in ("changelog.md", "changelog.zh.md"):
        (project / "docs" / name).write_text("# Changelog\n\n## 0.1.0\n\nNotable.\n", encoding="utf-8")
    (project / "CITATION.cff").write_text("cff-version: 1.2.0\n", encoding="utf-8")
    shutil.copy(ROOT / ".gitignore", project)
    prepare(project, "0.0.0", "0.1.0", "2026-01-06")
    git(project, "init", "-q")
    commit(project)


def built_before(project, verb="build"):
    assert run(project, verb).returncode == 0
    path = project / "datapackage/data/units.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("US dollar", "United States dollar"), encoding="utf-8")


def made_before(project):
    built_before(project, "site")


# (verb, how the project is made ready, how many renames it takes, before which of them it is killed)
CASES = [
    ("format", spoil_order, 2, [1, 2]), ("update fx", lambda project: None, 1, [1]), ("add", lambda project: None, 0, []),
    ("build", built_before, 2, [2]), ("site", made_before, 4, [3]), ("release", ready_to_release, 6, [2, 5, 6]),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "prepared", "renames", "moments"), [pytest.param(*case, id=case[0]) for case in CASES])
def test_killed_at_the_worst_moments_and_by_lot(verb, prepared, renames, moments, tmp_path):
    project = small_package(tmp_path / "project")
    prepared(project)
    before = state(project)
    shutil.copytree(project, tmp_path / "whole", symlinks=True)
    started = time.monotonic()
    whole = run(tmp_path / "whole", verb)
    lasted = time.monotonic() - started
    assert whole.stdout == f"{renames}\n", whole.stderr
    after = state(tmp_path / "whole")
    assert (after != before) is bool(renames)
    for moment in moments:
        assert run(project, verb, moment).returncode == -9
        found = state(project)
        assert [path for path in found if found[path] not in (before.get(path), after.get(path))] == []
        if verb == "release":  # which says so itself: a release that was cut off is put away as any uncommitted change is
            git(project, "stash", "--include-untracked")
            assert state(project) == before
    interrupted = subprocess.Popen([sys.executable, "-c", CHILD, str(project), verb, "0"], env={"PYTHONPATH": str(ROOT / "build")})
    time.sleep(random.Random(verb).random() * lasted)
    interrupted.kill()
    interrupted.wait()
    if verb == "release":
        git(project, "stash", "--include-untracked")
    last = run(project, verb)
    assert last.returncode == 0, last.stderr
    assert state(project) == after
    # The MkDocs of a run that was killed may have written on for a while; what it leaves, the next run removes.
    for _ in range(60):
        if not list(project.rglob(".work-*")):
            break
        time.sleep(1)
        aside._remove_left(project)
    assert list(project.rglob(".work-*")) == []


def test_a_folder_moved_away_by_a_killed_run_goes_back(tmp_path):
    done = subprocess.Popen([sys.executable, "-c", "pass"])
    done.wait()
    (tmp_path / f".work-{done.pid}/dist-before-0").mkdir(parents=True)
    (tmp_path / f".work-{done.pid}/dist-before-0/kept").touch()
    with aside.folder_aside(tmp_path):
        assert (tmp_path / "dist/kept").exists()


def test_no_room_leaves_every_file_as_it_was(package, monkeypatch):
    """The disk is full halfway through the second of the files."""
    spoil_order(package)
    before, write = state(package), Path.write_bytes

    def write_half(path, content):
        if "units" in path.name:
            write(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left"):
        curate.format_package(package)
    assert state(package) == before
    assert list(package.rglob(".work-*")) == []
    monkeypatch.undo()
    assert sorted(curate.format_package(package)) == ["datapackage/data/flags.csv", "datapackage/data/units.csv"]
    assert state(package) != before


def test_no_rights_is_one_line(package, monkeypatch, capsys):
    """Root may write anywhere, so the system's refusal is played."""
    from opencapex import __main__ as verbs

    spoil_order(package)

    def refuse(path, content):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    monkeypatch.setattr(verbs, "ROOT", package)
    for verb in (["format"], ["update", "fx"]):
        monkeypatch.setattr(sys, "argv", ["./run", *verb])
        assert verbs.main() == 1
        line, counted = capsys.readouterr().err.strip().split("\n")
        assert line.startswith(f"./run {verb[0]}: [Errno 13] Permission denied: ") and ". Fix: " in line and counted == "1 problem"
    monkeypatch.undo()
    assert fx.update_fx(package)
