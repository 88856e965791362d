"""What the tests share: the project's root, its tables, and small datasets made on the spot."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase
from opencapex import archives, pipeline, publish, release, schemas
from opencapex.archives import load_archives
from opencapex.aside import write_whole
from opencapex.database import connect
from opencapex.models import build
from opencapex.problems import InputError
from opencapex.shape import create_table

ROOT = Path(__file__).resolve().parents[1]
# The same examples on every machine and no folder of them. Add Phase.shrink to narrow a failure down; it takes minutes.
REPEATABLE = {"deadline": None, "derandomize": True, "database": None, "phases": [Phase.generate]}


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def tables():
    return schemas.load(ROOT)


def built(tables, given, models):
    """A connection holding the curated rows `given` (table -> list of dicts) and the models built from them."""
    con = connect()
    for table in tables.values():
        if table.path:
            con.execute(create_table(table))
            for row in given.get(table.name, []):
                names = ", ".join(f'"{name}"' for name in row)
                con.execute(
                    f"insert into {table.name} ({names}) values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
    load_archives(Path("/nonexistent"), tables, con, with_history=False)
    for row in given.get("archived_rows", []):
        con.execute(f"insert into archived_rows ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
    build(tables, con, only=models)
    return con


def small_package(folder):
    """A tiny valid project in `folder`: tests/package as its data, the real schemas, models, rules and pages."""
    shutil.copytree(ROOT / "datapackage/schemas", folder / "datapackage/schemas")
    descriptor = (ROOT / "datapackage/datapackage.json").read_text(encoding="utf-8")
    descriptor = re.sub(r'"version": "[^"]+"', '"version": "0.1.0"', descriptor)
    (folder / "datapackage/datapackage.json").write_text(descriptor, encoding="utf-8")
    shutil.copytree(ROOT / "tests/package", folder / "datapackage/data")
    for name in ("exceptions.csv", "intake.csv"):
        (folder / "datapackage/data" / name).rename(folder / "datapackage" / name)
    for name in ("build", "docs", "mkdocs.yml"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def freeze(root, version):
    """Freezes a small package as a release, without the ceremony of ./run release."""
    (root / "datapackage/releases").mkdir(exist_ok=True)
    (root / "CITATION.cff").write_text("cff-version: 1.2.0\n", encoding="utf-8")
    built_package = pipeline.build(root, pending=version)
    with tempfile.TemporaryDirectory() as folder:
        publish.publish_csv(root, built_package.tables, built_package.con, Path(folder), pending=version)
        archive = release._archive(root, Path(folder), (root / release.CHANGELOGS[0]).read_bytes())
    path = root / archives.FOLDER / f"opencapex-{version}.zip"
    write_whole({path: archive, root / archives.SUMS: release._sums(root, path, archive)})
    return path


@pytest.fixture
def package(tmp_path):
    return small_package(tmp_path)


def problems_of(root):
    """What ./run check says of a project, one line a problem."""
    try:
        pipeline.check(root)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


def copy_of_the_project(folder):
    """The tracked and new files of the project in `folder`, with this environment as its .venv."""
    ignore = shutil.ignore_patterns(
        ".git", ".venv", ".work-*", "dist", "site", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache"
    )
    shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def run(project, *arguments, **options):
    """./run in a project, its output captured."""
    command = [sys.executable, str(project / "run"), *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A copy of the project in which ./run site has been run: site/ and dist/ stand in it."""
    project = copy_of_the_project(tmp_path_factory.mktemp("made"))
    done = run(project, "site")
    assert done.returncode == 0, done.stderr
    assert str(project / "site") in done.stdout and "./run serve" in done.stdout
    assert done.stderr == ""
    return project
