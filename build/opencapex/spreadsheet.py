"""The dataset as one XLSX file: a dictionary sheet, then a sheet a table, as people open it in Excel.

Numbers are numbers and days are days; every text is a text, so that no cell is ever a formula or a link. The bytes
depend on nothing but the tables (times are fixed), save for the compression of the zip that an XLSX is.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import xlsxwriter

from opencapex.problems import InputError, Problem
from opencapex.schemas import Table

DICTIONARY = ["table", "column", "type", "unit", "key", "description", "description_zh"]
# Steps on the way to other tables: what they hold stands in statements, or is of no use on a sheet.
LEFT_OUT = ("amounts", "figures_current", "fx_average", "history")
MADE = datetime(1980, 1, 1)
# A column is as wide as its texts in so many rows, up to so many letters.
MEASURED, WIDEST = 100, 60


def write_xlsx(tables: list[Table], con: duckdb.DuckDBPyConnection, path: Path, title: str) -> None:
    """Writes the tables of `con`, each sorted by its key, to `path`. Raises InputError where a sheet cannot hold one."""
    # Nothing goes through a temporary file, and no text is taken for a number, a link or a formula.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    shown = [table for table in tables if table.name not in LEFT_OUT]
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": title, "created": MADE})
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        _sheet(book, "dictionary", DICTIONARY, _dictionary(shown), bold, day)
        for table in shown:
            columns = ", ".join(f'"{name}"' for name in table.field_names)
            order = ", ".join(f'"{name}"' for name in table.primary_key)
            rows = con.execute(f"select {columns} from {table.name} order by {order}").fetchall()
            _sheet(book, table.name, table.field_names, rows, bold, day)


def _dictionary(tables: list[Table]) -> Iterable[tuple]:
    """Every column of every table: what it means and in which unit."""
    for table in tables:
        yield table.name, None, None, None, None, f"{table.title}. {table.description}", f"{table.title_zh}。{table.description_zh}"
        for column in table.fields:
            key = "key" if column.name in table.primary_key else None
            yield table.name, column.name, column.type, column.unit or None, key, column.description, column.description_zh


def _sheet(book: xlsxwriter.Workbook, name: str, header: list[str], rows: Iterable[tuple], bold, day) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    write = {str: sheet.write_string, bool: sheet.write_boolean, int: sheet.write_number, Decimal: sheet.write_number}
    widths = [len(title) + 2 for title in header]
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, bold)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            refused = sheet.write_datetime(number, column, cell, day) if isinstance(cell, date) else write[type(cell)](number, column, cell)
            if refused:
                raise InputError([Problem(f"{name}.csv", number + 1, header[column], f"{len(str(cell))} letters in row {number:,}",
                                          "are more than an XLSX sheet holds", "shorten the text, or leave the table out of the sheets")])  # fmt: skip
        if number <= MEASURED:
            widths = [max(width, min(len(str(cell)), WIDEST)) for width, cell in zip(widths, row, strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.autofilter(0, 0, number, len(header) - 1)
