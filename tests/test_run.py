"""The verbs as a user meets them: stopped, misused, run twice at once."""

import functools
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from conftest import ROOT, run
from opencapex import aside, curate
from opencapex.problems import InputError


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def answers(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopping_serve_by_its_id_stops_it(sent, made):
    port = free_port()
    command = [sys.executable, str(made / "run"), "serve", "--port", str(port)]
    # Where the tests run in the background, interrupts are ignored, and children inherit that.
    heed = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed)
    try:
        assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
        assert answers(port)
        server.send_signal(sent)
        assert "Traceback" not in server.communicate(timeout=30)[1]
        assert not answers(port)
    finally:
        server.kill()


@pytest.mark.parametrize("port", ["0", "80000", "x"])
def test_a_port_that_is_none(port):
    done = run(ROOT, "serve", "--port", port)
    assert done.returncode == 2 and f"'{port}' is no port from 1 to 65535" in done.stderr and "Traceback" not in done.stderr


def test_formatting_an_empty_file_is_one_line(package):
    (package / "datapackage/data/units.csv").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="datapackage/data/units.csv:1: no header where unit,measure"):
        curate.format_package(package)


def test_what_a_killed_run_left_is_removed_and_a_running_one_is_left_alone(tmp_path):
    done = subprocess.Popen([sys.executable, "-c", "pass"])
    done.wait()
    for name in (f".work-{done.pid}", f".work-{os.getppid()}", ".work-of-mine"):
        (tmp_path / name).mkdir()
    with aside.folder_aside(tmp_path) as work:
        assert work.is_dir()
        assert {path.name for path in tmp_path.iterdir()} == {work.name, f".work-{os.getppid()}", ".work-of-mine"}
    assert not work.exists()


def test_two_runs_at_once_leave_one_whole_result(tmp_path):
    """Both put a folder of many files in one place; what stands there in the end is all of one of them."""

    def make(number):
        for again in range(20):
            folder = tmp_path / f"work-{number}-{again}/dist"
            folder.mkdir(parents=True)
            for name in range(5):
                (folder / str(name)).write_text(str(number), encoding="utf-8")
            aside.put(folder, tmp_path / "dist")
            time.sleep(0.001)

    threads = [threading.Thread(target=make, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(tmp_path / "dist" / str(name)).read_text(encoding="utf-8") for name in range(5)}) == 1


def test_a_linked_environment_of_another_lock_is_left_alone(tmp_path):
    (tmp_path / "run").write_bytes((ROOT / "run").read_bytes())
    (tmp_path / "requirements.lock").write_text("another\n", encoding="utf-8")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/kept").touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "shared")
    done = run(tmp_path, "check")
    assert done.returncode == 1 and "run: .venv is a link to an environment made from another" in done.stderr
    assert (tmp_path / "shared/kept").exists()


def test_a_reader_who_has_enough_is_no_problem():
    command = [sys.executable, str(ROOT / "run"), "as-of", "2026-01-01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as done:
        done.stdout.readline()
        done.stdout.close()
        assert done.stderr.read() == ""
