"""./run bench [figures ...]: what checking, building and publishing cost, beside the tools that do parts of the same.

Every task runs in a process of its own over generated packages (1,000, 100,000 and 1,000,000 figures) and on the real one; rivals take
turns, so that what else the machine does hits all of them. Equal results are asserted before any time is written to
build/measured/speed.csv (sizes not run again keep their rows): CPU seconds (user and system, all threads), seconds on the clock, and the
most memory held, medians of the runs.
"""

import csv
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow.parquet
from derive import differences
from generate import generate
from served import Counted
from weights import weights

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MEASURED = ROOT / "build/measured"
SIZES = (1_000, 100_000, 1_000_000)
# Tasks that are measured in turns; a task that has no rival stands alone. Beyond so many figures a task is left out.
GROUPS = [
    (("shape_opencapex", "shape_frictionless", "shape_great_expectations"), 1_000_000),
    (("check_opencapex",), 1_000_000),
    (("derive_opencapex", "derive_pandas", "derive_polars"), 1_000_000),
    (("tables_opencapex",), 1_000_000),
    (("release_opencapex",), 100_000),
    (("files_opencapex",), 100_000),
]
RUNS = 3
LONG = 60  # seconds: what takes longer is run once


def main(sizes: list[int]) -> None:
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for figures in sizes:
            project, out = generate(Path(folder) / str(figures), figures), Path(folder) / f"out-{figures}"
            for tasks, most in GROUPS:
                if figures <= most:
                    rows += measure(tasks, project, out, figures)
            rates = sum(1 for _ in (project / "datapackage/data/fx_rates.csv").open(encoding="utf-8")) - 1
            rows.append(read_over_http(out / "tables_opencapex", figures))
            same_verdicts(project, out)
            shutil.rmtree(project)
            shutil.rmtree(out)
        rows += measure(("check_opencapex", "pages_opencapex"), ROOT, Path(folder) / "out", 0)
        pages = weights(Path(folder) / "out/pages_opencapex/site")
    kept = [row for row in read(MEASURED / "speed.csv") if int(row[0]) not in {0, *sizes}]
    write(MEASURED / "weights.csv", ["page", "requests", "bytes"], pages)
    write(
        MEASURED / "speed.csv",
        ["figures", "task", "runs", "cpu_seconds", "wall_seconds", "peak_megabytes", "bytes", "of_bytes"],
        sorted(kept + rows, key=lambda row: int(row[0])),
    )
    write(MEASURED / "machine.csv", ["name", "value"], [*machine(), ["exchange rates", str(rates)]])


def measure(tasks: tuple[str, ...], project: Path, out: Path, figures: int) -> list[list]:
    taken: dict[str, list[tuple]] = {task: [] for task in tasks}
    for number in range(RUNS):
        if number and max(run[1] for runs in taken.values() for run in runs) > LONG:
            break
        for task in tasks:
            shutil.rmtree(out / task, ignore_errors=True)
            (out / task).mkdir(parents=True)
            taken[task].append(timed(task, project, out / task))
            print(
                f"{figures:>9,} {task:26} {taken[task][-1][0]:8.2f} s CPU {taken[task][-1][1]:8.2f} s {taken[task][-1][2]:7.0f} MB",
                flush=True,
            )
    assert_equal(tasks, out)
    return [
        [figures, task, len(runs), *(round(statistics.median(run[part] for run in runs), 2) for part in range(2)), round(max(r[2] for r in runs)), "", ""]
        for task, runs in taken.items()
    ]  # fmt: skip


def timed(task: str, project: Path, out: Path) -> tuple[float, float, float]:
    """CPU seconds (also of the processes that it waits for), seconds on the clock and megabytes of one process."""
    command = [sys.executable, "-W", "ignore", str(HERE / "tasks.py"), task, str(project), str(out)]
    before = time.monotonic()
    process = subprocess.Popen(command, env=os.environ | {"PYTHONUTF8": "1"}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {task} on {project} ended with {process.returncode}; its message stands above.")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - before, int((out / "peak").read_text()) / 1024


def assert_equal(tasks: tuple[str, ...], out: Path) -> None:
    """Rivals have to say the same of a valid package, and to derive the same tables."""
    if tasks[0] == "shape_opencapex":
        for task in tasks:
            said = next((out / task).glob("*.csv")).read_text(encoding="utf-8")
            assert said == "", f"{task} finds fault with a valid package: {said[:200]}"
    if tasks[0] == "derive_opencapex":
        derived = {task: {path.stem.split("-")[1]: pd.read_parquet(path) for path in (out / task).glob("*.parquet")} for task in tasks}
        for rival in tasks[1:]:
            found = differences(derived[tasks[0]], derived[rival])
            assert not found, f"{rival} derives otherwise: {found}"


def same_verdicts(project: Path, out: Path) -> None:
    """Spoils a cell in 500 lines of figures.csv; frictionless and our own check have to name the same lines."""
    path = project / "datapackage/data/figures.csv"
    with path.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    spoilt = [
        ("lower", "12x"),
        ("stated_on", "2024-13-01"),
        ("entity_id", "nobody"),
        ("metric_id", ""),
        ("period_end", "2024/01/31"),
        ("unit", "ABC"),
    ]
    for number, row in enumerate(rows[:: max(1, len(rows) // 500)]):
        field, value = spoilt[number % len(spoilt)]
        row[header.index(field)] = value
    write(path, header, rows)
    said = {}
    for task in ("shape_opencapex", "shape_frictionless"):
        shutil.rmtree(out / task, ignore_errors=True)
        (out / task).mkdir(parents=True)
        timed(task, project, out / task)
        said[task] = next((out / task).glob("*.csv")).read_text(encoding="utf-8").splitlines()
    ours, theirs = said.values()
    assert len(ours) >= 500 or len(ours) >= len(rows) // 2, len(ours)
    assert ours == theirs, f"verdicts differ: {sorted(set(ours) ^ set(theirs))[:5]}"
    print(f"the same verdict on {len(ours)} spoilt lines", flush=True)


def read_over_http(out: Path, figures: int) -> list:
    """What moves when one company's revenue is read from statements.parquet on a server, beside the bytes of statements.csv."""
    with Counted(out) as server:
        table = pyarrow.parquet.read_table(
            server.open("statements.parquet"), columns=["period_end", "lower", "unit"],
            filters=[("entity_id", "=", "company-00001"), ("metric_id", "=", "revenue")],
        )  # fmt: skip
    assert len(table) == 150, len(table)
    whole = (out / "statements.csv").stat().st_size
    print(f"{figures:>9,} read over http {server.bytes:,} bytes of {whole:,}", flush=True)
    return [figures, "http_opencapex", 1, "", "", "", server.bytes, whole]


def machine() -> list[list[str]]:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), platform.machine()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    tools = ("duckdb", "frictionless", "great-expectations", "pandas", "polars", "pyarrow")
    return [
        ["day", date.today().isoformat()],
        ["processor", model],
        ["cores", str(os.cpu_count())],
        ["memory", f"{memory:.0f} GiB"],
        ["system", f"{platform.system()} {platform.release()}"],
        ["python", platform.python_version()],
        *([tool, version(tool)] for tool in tools),
    ]


def read(path: Path) -> list[list[str]]:
    """The rows below the header; none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))[1:]


def write(path: Path, header: list[str], rows: list[list]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main([int(figures) for figures in sys.argv[1:]] or list(SIZES))
