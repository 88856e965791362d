"""Rows of the built tables as templates take them: every text of them inert in Markdown and HTML."""

import re

import duckdb
from markupsafe import Markup

# What Markdown or HTML would read as more than a letter.
MARKED = re.compile(r"[\\`*_\[\]{}|<>&\"]")
MARKS = str.maketrans({letter: f"&#{ord(letter)};" for letter in '\\`*[]{}|<>&"'})


class Rows:
    """Rows of the built tables, their texts inert in Markdown and HTML; each query is asked once for all pages of both languages."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.con = con
        self.asked: dict[tuple, list[dict]] = {}
        self.grouped: dict[str, dict[str, list[dict]]] = {}

    def all(self, query: str, *parameters: object) -> list[dict]:
        if (query, *parameters) not in self.asked:
            found = self.con.execute(query, list(parameters))
            names = [column[0] for column in found.description]
            self.asked[(query, *parameters)] = [
                {name: inert(cell) if isinstance(cell, str) else cell for name, cell in zip(names, row, strict=True)}
                for row in found.fetchall()
            ]
        return self.asked[(query, *parameters)]

    def of(self, entity_id: str, query: str) -> list[dict]:
        """Those rows of a query over all entities that are about one."""
        if query not in self.grouped:
            groups = self.grouped[query] = {}
            for row in self.all(query):
                groups.setdefault(row["entity_id"], []).append(row)
        return self.grouped[query].get(entity_id, [])


def inert(text: str) -> Markup:
    """A text in which nothing is Markdown or HTML any more; underscores inside a word are none."""
    if isinstance(text, Markup) or not MARKED.search(text):
        return Markup(text)
    return Markup(re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", "&#95;", text.translate(MARKS)))
