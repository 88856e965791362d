"""`./run site`: check, build, examine, pages, MkDocs; the previous dist/ and site/ stay whole until the new ones are.

What the two libraries for second opinions do, a second process does meanwhile.
"""

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from pathlib import Path
from typing import NamedTuple

from opencapex import browser, pages, pipeline, publish, quality, trim
from opencapex.aside import folder_aside, put
from opencapex.descriptor import descriptor
from opencapex.problems import InputError, Problem

# What dist/ and site/ are made from, and where the site says which state of it that was.
INPUTS = ("datapackage", "build", "docs", "mkdocs.yml", "CITATION.cff", "requirements.lock")
STAMP = "inputs.sha256"


class Made(NamedTuple):
    """What came of it: whether anything was made, and in words what is missing in it."""

    is_new: bool
    missing: str


def build_site(root: Path, out: Path, say=lambda text: None) -> Made:
    """Makes `out`/dist and `out`/site, unless they are of these very inputs already and whole.

    Raises InputError and leaves what stood there before.
    """
    stamp = out / "site" / STAMP
    inputs = _digest(root)
    if (out / "dist").is_dir() and stamp.is_file() and stamp.read_text() == inputs:
        return Made(False, "")
    with folder_aside(out) as work, _second_process() as second:
        say("checking and building the tables")
        package = pipeline.build(root)
        examined = second.apply_async(_examine, [root])
        declared = second.apply_async(quality.second_opinion, [root / "datapackage/datapackage.json"])
        _publish(root, package, work / "dist")
        say("asking what is plausible")
        results = examined.get()
        say("fetching DuckDB for the query page")
        try:
            duckdb_files, missing = browser.duckdb_for_browsers(root), ""
        except browser.Missing as reason:
            duckdb_files, missing = None, f"The query page has no DuckDB: {reason}. Its queries are shown, to be asked elsewhere."
        say("writing the pages")
        configuration = pages.stage(root, package, results, work / "dist", work, duckdb_files)
        say("making the site")
        released = second.apply_async(quality.second_opinion, [work / "dist/datapackage.json"])
        _mkdocs(configuration, *package.con.execute("select epoch(max(accessed_on))::int from sources").fetchone())
        trim.trim(work / "site")
        if "homepage" not in descriptor(root):
            for sitemap in (work / "site").glob("sitemap.xml*"):
                sitemap.unlink()  # its addresses have to be whole ones
        declared.get()
        released.get()
        if not missing:
            (work / "site" / STAMP).write_text(inputs)
        put(work / "dist", out / "dist")
        put(work / "site", out / "site")
    return Made(True, missing)


def build_data(root: Path, out: Path) -> None:
    """Makes `out`/dist alone. Raises InputError and leaves what stood there before."""
    with folder_aside(out) as work, _second_process() as second:
        package = pipeline.build(root)
        opinions = [
            second.apply_async(_examine, [root]),
            second.apply_async(quality.second_opinion, [root / "datapackage/datapackage.json"]),
        ]
        _publish(root, package, work / "dist")
        quality.second_opinion(work / "dist/datapackage.json")
        for opinion in opinions:
            opinion.get()
        put(work / "dist", out / "dist")


def _digest(root: Path) -> str:
    """Of every file in INPUTS, its place and bytes, and of this Python."""
    digest = hashlib.sha256(sys.version.encode())
    places = [path for name in INPUTS for path in [root / name, *(root / name).rglob("*")] if path.is_file()]
    for path in sorted(path for path in places if path.suffix != ".pyc"):
        digest.update(f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _publish(root: Path, package: pipeline.Package, dist: Path) -> None:
    dist.mkdir()
    publish.publish(root, package.tables, package.con, dist)


def _examine(root: Path) -> list[quality.Result]:
    return quality.examine(root, pipeline.build(root).con)


@contextmanager
def _second_process() -> Iterator[Pool]:
    """A process that ends with this one's work, leaves it to this one to hear Ctrl-C, and says nothing of what its libraries hold."""
    os.environ["PYTHONWARNINGS"] = "ignore"
    with multiprocessing.get_context("spawn").Pool(1, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield pool


def _mkdocs(configuration: Path, made_on: int) -> None:
    """Runs MkDocs; `made_on`, in seconds since 1970, is what its sitemap gives as the day. Raises InputError with its warnings."""
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "SOURCE_DATE_EPOCH": str(made_on)}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(configuration)]
    log = configuration.with_suffix(".log")
    with log.open("w", encoding="utf-8") as output:
        made = subprocess.run(command, env=os.environ | quiet, stdout=output, stderr=output, check=False)
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
