"""Results are made aside, in `.work-<process>…`, and put in their place by a rename: what stands there is whole whenever a run is stopped."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULTS = ("dist", "site")


@contextmanager
def folder_aside(out: Path) -> Iterator[Path]:
    """A folder of this process beside the results, so that the last step is a rename; removed at the end."""
    _remove_left(out)
    work = out / f".work-{os.getpid()}"
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def put(made: Path, place: Path) -> None:
    """Puts the folder `made` where `place` is; of two runs at once the later one stays, whole."""
    for again in range(100):
        try:
            if place.exists():
                place.rename(made.with_name(f"{place.name}-before-{again}"))
            made.rename(place)
            return
        except OSError:
            if again == 99:
                raise


def write_whole(contents: dict[Path, bytes]) -> None:
    """Writes files, all of them aside before the first is put in its place, in the order given; on an error none is."""
    aside = {path: path.with_name(f".work-{os.getpid()}-{path.name}.part") for path in contents}
    try:
        for path, content in contents.items():
            _remove_left(path.parent)
            aside[path].write_bytes(content)
        for path in contents:
            aside[path].replace(path)
    finally:
        for left in aside.values():
            left.unlink(missing_ok=True)


def _remove_left(out: Path) -> None:
    """Removes what a killed process left; a result that it had moved away and not yet replaced goes back."""
    for left in out.glob(".work-*"):
        process = left.name.removeprefix(".work-").split("-")[0]
        if not process.isdecimal() or _is_running(int(process)):
            continue
        for name in RESULTS:
            for before in left.glob(f"{name}-before-*"):
                if not (out / name).exists():
                    before.rename(out / name)
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
