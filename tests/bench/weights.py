"""What a first visit to a page of the built site costs: requests, and bytes as gzip -9 packs each file, in a browser with an empty cache."""

import functools
import gzip
import http.server
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from served import Quiet

PAGES = (
    "",
    "companies/alphabet/",
    "companies/alibaba/",
    "guidance/",
    "commitments/",
    "compute/",
    "forecasts/",
    "disputed/",
    "as-of/",
    "tables/growth/",
)


def weights(site: Path) -> list[list]:
    """[page, requests, bytes] of each page kind in both languages."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    rows = []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for path in (f"{language}{page}" for page in PAGES for language in ("", "zh/")):
            context = browser.new_context()
            page, asked = context.new_page(), []
            page.on("response", lambda response, asked=asked: asked.append(response.url.removeprefix(address).split("?")[0]))
            page.goto(address + path, wait_until="networkidle")
            files = [site / place / "index.html" if place in ("", path) else site / place for place in asked]
            rows.append([path, len(asked), sum(len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in files)])
            context.close()
        browser.close()
    server.shutdown()
    server.server_close()
    return rows
