"""The verbs of ./run."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from opencapex import curate, pipeline
from opencapex.problems import InputError, Problem, report

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "chromium"


def check(_: argparse.Namespace) -> int:
    """check every curated row: shape, then the rules across rows (about a second)"""
    package = pipeline.check(ROOT)
    figures = package.con.execute("select count(*) from figures").fetchall()[0][0]
    print(f"0 problems in {sum(bool(table.path) for table in package.tables.values())} tables ({figures} figures)")
    return 0


def format_(_: argparse.Namespace) -> int:
    """sort the curated files and write them in the one accepted way"""
    changed = curate.format_package(ROOT)
    print("\n".join(f"{path}: formatted" for path in changed) or "nothing to format")
    return 0


def add(arguments: argparse.Namespace) -> int:
    """print a row skeleton with the next id: add figures, add claims, add rejected"""
    print(curate.add_row(ROOT, arguments.table))
    return 0


def draw(arguments: argparse.Namespace) -> int:
    """print the figures of a sample to be read a second time: draw second-2026-11; its name is the seed"""
    print(curate.draw(ROOT, pipeline.check(ROOT).con, arguments.sample))
    return 0


def update(_: argparse.Namespace) -> int:
    """update fx: take the exchange rates from the installed ECB file"""
    from opencapex import fx

    print(fx.update_fx(ROOT))
    return 0


def build(_: argparse.Namespace) -> int:
    """check, build every table, write dist/ (CSV, Parquet, DuckDB, XLSX, descriptor)"""
    from opencapex import site

    site.build_data(ROOT, ROOT)
    print(f"The data: {ROOT / 'dist'}")
    return 0


def site(_: argparse.Namespace) -> int:
    """everything: check, build, pages; the site in site/, the data in dist/"""
    from opencapex import site

    started = time.monotonic()
    made = site.build_site(ROOT, ROOT, _progress)
    _progress("")
    if made.missing:
        print(made.missing)
    pages = len(list((ROOT / "site").rglob("*.html")))
    print(f"{pages} pages in {time.monotonic() - started:.0f} s." if made.is_new else "Nothing has changed since they were made.")
    print(f"The site: {ROOT / 'site'}   open it with: ./run serve")
    print(f"The data: {ROOT / 'dist'}")
    return 0


def release(arguments: argparse.Namespace) -> int:
    """freeze the dataset as release X.Y.Z: zip, checksum, changelog, changes.csv; a person commits"""
    from opencapex import release

    print(release.release(ROOT, arguments.version))
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """print what changed from the latest release to the working tables: diff; diff 0.1.0; diff 0.1.0 0.2.0; --all lists every line"""
    from opencapex import diff

    print(diff.diff(ROOT, arguments.first, arguments.second, arguments.all))
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """print a row and everything it rests on, down to the documents: explain growth F00005/yoy/guidance_on_actual, or --random 20"""
    from opencapex import lineage

    package = pipeline.build(ROOT)
    if arguments.random:
        drawn = lineage.draw(package, arguments.table, arguments.random, arguments.seed)
    else:
        drawn = [(arguments.table, arguments.key)]
    print("\n\n".join(lineage.explain(package, table, key) for table, key in drawn))
    return 0


def as_of(arguments: argparse.Namespace) -> int:
    """print what was known on a day: as-of 2025-03-04 alibaba"""
    from opencapex import lineage

    print(lineage.as_of(pipeline.build(ROOT), arguments.day, arguments.entity))
    return 0


def query(arguments: argparse.Namespace) -> int:
    """ask dist/ in SQL: query "from as_of('2025-03-04')"; --as csv or json for programs"""
    from opencapex import query

    query.query(ROOT / "dist/opencapex.duckdb", arguments.sql, arguments.form)
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """show site/ in a browser at http://127.0.0.1:8000 until Ctrl-C"""
    import functools
    import http.server  # takes a while to import, and only this verb needs it

    folder = ROOT / "site"
    if not (folder / "index.html").is_file():
        print("There is no site yet. Fix: ./run site", file=sys.stderr)
        return 1
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), handler)
    except OSError as error:
        print(f"Port {arguments.port}: {error.strerror}. Fix: ./run serve --port 8001", file=sys.stderr)
        return 1
    print(f"The site is at http://127.0.0.1:{arguments.port}/ ; Ctrl-C ends it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


def test(arguments: argparse.Namespace) -> int:
    """run every test, the browser's included"""
    _browser_for_tests()
    command = [sys.executable, "-m", "pytest", *arguments.pytest]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def bench(arguments: argparse.Namespace) -> int:
    """measure check, build, release and pages beside other tools, on generated packages: bench; bench 1000 (half an hour without a size)"""
    return subprocess.run(
        [sys.executable, str(ROOT / "tests/bench/bench.py"), *map(str, arguments.figures)], cwd=ROOT, check=False
    ).returncode


def _browser_for_tests() -> None:
    """Installs Debian's chromium where that is allowed, otherwise says how; the browser tests skip without it."""
    if shutil.which(CHROMIUM):
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Debian's chromium for the browser tests, once ...", file=sys.stderr)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", CHROMIUM]):
            done = subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{' '.join(command)}: {done.stderr.strip()[-300:]}", file=sys.stderr)
    if not shutil.which(CHROMIUM):
        print("No chromium: the browser tests are skipped. Fix: apt-get install chromium (as root)", file=sys.stderr)


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to 65535")


def _count(text: str) -> int:
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")


def _progress(step: str) -> None:
    """The step at hand on a terminal's last line; silent in a pipe."""
    if sys.stderr.isatty():
        print(f"\r\033[K{step}{' ...' if step else ''}", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run", description="OpenCapex: check, build and publish the dataset.")
    verbs = parser.add_subparsers(required=True, metavar="<verb>")
    for verb in (site, test, check, format_, build, serve, query, explain, as_of, add, draw, update, diff, release, bench):
        name = verb.__name__.rstrip("_").replace("_", "-")
        verbs.add_parser(name, help=verb.__doc__, description=verb.__doc__).set_defaults(verb=verb)
    verbs.choices["add"].add_argument("table", help="figures, claims or rejected")
    verbs.choices["draw"].add_argument("sample", help="its name, which is the seed")
    verbs.choices["update"].add_argument("what", choices=["fx"])
    verbs.choices["query"].add_argument("sql", help="what to ask")
    verbs.choices["query"].add_argument("--as", dest="form", choices=["table", "csv", "json"], default="table", help="(table)")
    verbs.choices["explain"].add_argument("table", nargs="?")
    verbs.choices["explain"].add_argument("key", nargs="?", help="parts of the primary key joined by /")
    verbs.choices["explain"].add_argument(
        "--random", type=_count, metavar="N", help="N derived rows by lot, of one table or of all in turn"
    )
    verbs.choices["explain"].add_argument("--seed", default="1", help="what the lot is drawn by: the same seed, the same rows (1)")
    verbs.choices["as-of"].add_argument("day", help="YYYY-MM-DD")
    verbs.choices["as-of"].add_argument("entity", nargs="?", help="an entity_id; all of them without")
    verbs.choices["diff"].add_argument("first", nargs="?", help="X.Y.Z; the latest release without")
    verbs.choices["diff"].add_argument("second", nargs="?", help="X.Y.Z; the working tables without")
    verbs.choices["diff"].add_argument("--all", action="store_true", help="list every line")
    verbs.choices["release"].add_argument("version", help="X.Y.Z")
    verbs.choices["serve"].add_argument("--port", type=_port, default=8000)
    verbs.choices["bench"].add_argument("figures", nargs="*", type=_count, help="multiples of 500; 1000 100000 1000000 without")
    verbs.choices["test"].usage = "./run test [arguments of pytest]"
    if len(sys.argv) == 1:
        parser.print_help()
        return 2
    arguments, arguments.pytest = parser.parse_known_args()
    if arguments.pytest and arguments.verb is not test:
        parser.error(f"unknown: {' '.join(arguments.pytest)}")
    if arguments.verb is explain and bool(arguments.key) == bool(arguments.random):
        parser.error("explain takes a table and a key, or --random N with or without a table")
    try:
        return arguments.verb(arguments)
    except InputError as error:
        problems = error.problems
    except BrokenPipeError:  # whoever reads the output has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, duckdb.IOException) as error:
        said = str(error).split("\n")[0]
        problems = [
            Problem(f"./run {sys.argv[1]}", 0, "", said, "is what the system says", "mend it (rights, room on the disk) and run again")
        ]
    except (KeyboardInterrupt, duckdb.InterruptException):
        _progress("")
        return 130
    _progress("")
    print(report(problems), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
