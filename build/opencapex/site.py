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
        package = _published(root, work / "dist")
        say("asking what is plausible")
        results = quality.examine(root, package.con)
        say("writing the pages")
        configuration = pages.stage(root, package, results, work / "dist", work)
        say("making the site")
        with _mkdocs(configuration):
            _second_opinions(root, work / "dist")
        for sitemap in (work / "site").glob("sitemap.xml*"):
            sitemap.unlink()  # without the site's address its entries would say None
        _swap(work / "dist", out / "dist")
        _swap(work / "site", out / "site")


def build_data(root: Path, out: Path) -> None:
    """Makes `out`/dist alone. Raises InputError and leaves what stood there before."""
    with _aside(out) as work:
        package = _published(root, work / "dist")
        _second_opinions(root, work / "dist")
        quality.examine(root, package.con)
        _swap(work / "dist", out / "dist")


def _published(root: Path, dist: Path) -> pipeline.Package:
    """The built package, written to `dist`."""
    package = pipeline.build(root)
    dist.mkdir()
    publish.publish(root, package.tables, package.con, dist)
    return package


def _second_opinions(root: Path, dist: Path) -> None:
    quality.second_opinion(root / "datapackage/datapackage.json")
    quality.second_opinion(dist / "datapackage.json")


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A folder of this process beside the results, so that the last step is a rename; removed at the end.

    What a killed process left behind is removed at the start.
    """
    for left in out.glob(".work-*"):
        process = left.name.removeprefix(".work-")
        if process.isdecimal() and not _is_running(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    work = out / f".work-{os.getpid()}"
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _swap(made: Path, place: Path) -> None:
    """Puts `made` where `place` is; of two runs at once the later one stays, whole."""
    for again in range(100):
        try:
            if place.exists():
                place.rename(made.with_name(f"{place.name}-before-{again}"))
            made.rename(place)
            return
        except OSError:
            if again == 99:
                raise


@contextmanager
def _mkdocs(configuration: Path) -> Iterator[None]:
    """MkDocs at work beside what is done meanwhile; ends with it. Raises InputError with its warnings."""
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "PYTHONWARNINGS": "ignore", "SOURCE_DATE_EPOCH": "0"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(configuration)]
    log = configuration.with_suffix(".log")
    with log.open("w", encoding="utf-8") as output:
        made = subprocess.Popen(command, env=os.environ | quiet, stdout=output, stderr=output)
        try:
            yield
            made.wait()
        finally:
            made.kill()
            made.wait()
    if made.returncode:
        said = log.read_text(encoding="utf-8").splitlines()
        lines = [line for line in said if line.startswith(("WARNING", "ERROR")) or "Error" in line]
        raise InputError(
            Problem(
                "the staged pages",
                0,
                "mkdocs",
                line.split(" - ", 1)[-1].strip(),
                "stops the site",
                "mend the page's template in build/pages, its text in docs, or mkdocs.yml",
            )  # fmt: skip
            for line in lines or said[-1:] or ["no message"]
        )
