"""Leaves out of Material's style sheets the rules for what stands on no page of the site, half of their weight on a first visit.

A selector goes when it asks for a class, or for a colour of the theme, that neither a page nor a script names; a rule with its last one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

WORD = re.compile(r"[A-Za-z_][\w-]*")
# What a selector asks for, apart from what it asks to be absent.
ASKED = re.compile(r"\.((?:[\w-]|\\.)+)|\[data-md-color-\w+=\"?([\w-]+)")
ABSENT = re.compile(r":(?:not|is|where)\([^()]*\)")
# A text, an address, or a sign by which rules are told apart.
TEXT = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
TOKEN = re.compile(rf"url\((?:{TEXT}|[^)]*)\)|{TEXT}|[{{}};]")


def trim(site: Path) -> None:
    """Rewrites the style sheets under site/assets/stylesheets."""
    named = {word for page in site.rglob("*.html") for names in re.findall(r'(?:class|data-md-color-\w+)="([^"]*)"', page.read_text("utf-8"))
             for word in names.split()}  # fmt: skip
    named |= {word for script in (site / "assets").rglob("*.js") for word in WORD.findall(script.read_text("utf-8"))}
    for sheet in (site / "assets/stylesheets").glob("*.css"):
        sheet.write_text(_used(sheet.read_text("utf-8"), named), "utf-8")


def _used(css: str, named: set[str]) -> str:
    kept = []
    for head, body in _rules(css):
        if body is None:
            kept.append(head)
        elif head.startswith(("@media", "@supports")):
            within = _used(body, named)
            kept.append(f"{head}{{{within}}}" if within else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        elif selectors := [selector for selector in _selectors(head) if _is_named(selector, named)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _is_named(selector: str, named: set[str]) -> bool:
    return all((name or value) in named for name, value in ASKED.findall(ABSENT.sub("", selector)))


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Each rule as its head and body, at-rules without a body as a head alone."""
    start = opened = depth = 0
    for token in TOKEN.finditer(css):
        if token[0] == "{":
            depth += 1
            opened = token.start() if depth == 1 else opened
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened], css[opened + 1 : token.start()]
                start = token.end()
        elif token[0] == ";" and depth == 0:
            yield css[start : token.end()], None
            start = token.end()


def _selectors(head: str) -> list[str]:
    """The selectors of a rule, parted at the commas outside of brackets."""
    return re.split(r",(?![^(\[]*[)\]])", head)
