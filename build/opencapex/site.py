"""`./run site`: check, build, examine, pages, MkDocs; the previous dist/ and site/ stay whole until the new ones are."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opencapex import pages, pipeline, publish, quality
from opencapex.problems import InputError, Problem


def build_site(root: Path, out: Path, say=lambda text: None) -> None:
    """Makes `out`/dist and `out`/site. Raises InputError and leaves what stood there before."""
    with _aside(out) as work:
        say("checking and building the tables")
        package = pipeline.build(root)
        (work / "dist").mkdir()
        publish.publish(root, package.tables, package.con, work / "dist")
        say("asking for second opinions")
        quality.second_opinion(root / "datapackage/datapackage.json")
        quality.second_opinion(work / "dist/datapackage.json")
        results = quality.examine(root, package.con)
        say("writing the pages")
        configuration = pages.stage(root, package, results, work / "dist", work)
        say("making the site")
        _mkdocs(configuration)
        _swap(work / "dist", out / "dist")
        _swap(work / "site", out / "site")


def build_data(root: Path, out: Path) -> None:
    """Makes `out`/dist alone. Raises InputError and leaves what stood there before."""
    with _aside(out) as work:
        package = pipeline.build(root)
        (work / "dist").mkdir()
        publish.publish(root, package.tables, package.con, work / "dist")
        _swap(work / "dist", out / "dist")


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A fresh folder beside the results, so that the last step is a rename; removed at the end."""
    work = out / ".work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swap(made: Path, place: Path) -> None:
    before = made.with_name(f"{place.name}-before")
    if place.exists():
        place.rename(before)
    made.rename(place)


def _mkdocs(configuration: Path) -> None:
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "PYTHONWARNINGS": "ignore", "SOURCE_DATE_EPOCH": "0"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(configuration)]
    made = subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, check=False)
    if made.returncode:
        lines = [line for line in made.stderr.splitlines() if line.startswith(("WARNING", "ERROR")) or "Error" in line]
        raise InputError(
            Problem(
                "the staged pages",
                0,
                "mkdocs",
                line.split(" - ", 1)[-1].strip(),
                "stops the site",
                "mend the page's template in build/pages or its text in docs",
            )  # fmt: skip
            for line in lines or made.stderr.splitlines()[-1:] or ["no message"]
        )
