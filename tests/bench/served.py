"""A local server of one folder that answers range requests and counts the bytes it sends, and a file on it for pyarrow."""

import functools
import http.server
import io
import re
import threading
from pathlib import Path
from urllib.request import Request, urlopen

import pyarrow


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and writes no log."""

    def log_message(self, *_):
        pass


class Counted:
    """with Counted(folder) as server: server.open("statements.parquet") reads over http; server.bytes is what was sent."""

    def __init__(self, folder: Path):
        self.bytes = 0
        handler = functools.partial(_Handler, directory=folder, counted=self)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def open(self, name: str) -> pyarrow.PythonFile:
        return pyarrow.PythonFile(_Remote(f"http://127.0.0.1:{self.server.server_port}/{name}"), mode="r")


class _Remote(io.RawIOBase):
    """A file on a server, read by ranges."""

    def __init__(self, url: str):
        self.url, self.place = url, 0
        with urlopen(Request(url, method="HEAD")) as answer:
            self.size = int(answer.headers["Content-Length"])

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def tell(self):
        return self.place

    def read(self, size=-1):
        end = self.size if size < 0 else min(self.place + size, self.size)
        if end <= self.place:
            return b""
        with urlopen(Request(self.url, headers={"Range": f"bytes={self.place}-{end - 1}"})) as answer:
            self.place = end
            return answer.read()


class _Handler(Quiet):
    def __init__(self, *arguments, counted, **options):
        self.counted = counted
        super().__init__(*arguments, **options)

    def do_GET(self):
        first, last = map(int, re.match(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups())
        with Path(self.translate_path(self.path)).open("rb") as file:
            file.seek(first)
            part = file.read(last - first + 1)
        self.counted.bytes += len(part)
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
