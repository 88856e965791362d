"""The same derivation three times, from the same CSV files to the same two tables: amounts (every money figure in dollars and yuan) and
growth (on the quarter, the year, three and five years before).

`opencapex` runs the models of build/models, with all that they do for data less tame than these: breaks, conflicts, restatements, flags.
`in_pandas` and `in_polars` are written for the generated packages alone, as their users would write them. Each returns the two tables
as a dictionary of pandas frames; column `flags` is left out.
"""

from pathlib import Path

import pandas as pd

KEY = ["entity_id", "metric_id", "unit"]
TARGETS = ("USD", "CNY")
HORIZONS = {"qoq": 3, "yoy": 12, "3y": 36, "5y": 60}
AMOUNTS = ["figure_id", "currency", "conversion_method", "lower_amount", "upper_amount", "applied_rate", "rate_start", "rate_end", "inputs"]
GROWTH = [
    "figure_id",
    "horizon",
    "growth_kind",
    "base_figure_id",
    "entity_id",
    "metric_id",
    "unit",
    "period_start",
    "period_end",
    "growth_percent",
    "lower_percent",
    "upper_percent",
    "change",
    "empty_reason",
    "inputs",
]


def opencapex(root: Path) -> dict[str, pd.DataFrame]:
    from opencapex import archives, database, models, schemas, shape

    tables = schemas.load(root)
    con = database.connect()
    for table in tables.values():
        if table.path:
            con.execute(shape.create_table(table, with_keys=False))
            con.execute(f"copy {table.name} from '{root / table.path}' (header true, nullstr '')")
    archives.load_archives(root, tables, con, with_history=False)
    models.build(tables, con, only=["amounts", "growth"])
    # The packages have no price index, so nothing is in prices of another year.
    return {"amounts": con.execute("from amounts where conversion_method <> 'prices_2024'").df(), "growth": con.table("growth").df()}


def in_pandas(root: Path) -> dict[str, pd.DataFrame]:
    data = root / "datapackage/data"
    dates = ["period_start", "period_end", "stated_on"]
    figures = pd.read_csv(data / "figures.csv", parse_dates=dates, engine="pyarrow")
    rates = pd.read_csv(data / "fx_rates.csv", parse_dates=["rate_date"], engine="pyarrow")
    data_day = pd.read_csv(data / "sources.csv", usecols=["accessed_on"], parse_dates=["accessed_on"], engine="pyarrow").accessed_on.max()
    return {"amounts": _pandas_amounts(figures, rates, data_day), "growth": _pandas_growth(figures)}


def _pandas_amounts(figures: pd.DataFrame, rates: pd.DataFrame, data_day: pd.Timestamp) -> pd.DataFrame:
    wide = rates.pivot(index="rate_date", columns="currency", values="units_per_eur")
    ended = (figures.status == "actual") & (figures.period_end <= data_day)
    columns = ["figure_id", "unit", "period_start", "period_end", "stated_on", "lower", "upper"]
    parts = []
    for target in TARGETS:
        same = figures.loc[figures.unit == target, columns]
        parts.append(same.assign(currency=target, conversion_method="same_currency", rate=1.0, inputs="figures:" + same.figure_id))
        crosses = wide.rdiv(wide[target], axis=0).round(12)
        daily = crosses.stack().rename("rate").reset_index()
        daily = daily.rename(columns={"currency": "unit"}).sort_values("rate_date")
        other = figures.loc[figures.unit != target, [*columns, "status"]]

        flows = other[ended.loc[other.index]]
        periods = flows[["unit", "period_start", "period_end"]].drop_duplicates()
        means = []
        for (start, end), group in periods.groupby(["period_start", "period_end"]):
            mean = crosses.loc[start:end].mean().round(12)
            means.append(group.assign(rate=group.unit.map(mean)))
        flows = flows.merge(pd.concat(means), on=["unit", "period_start", "period_end"])
        start, end = flows.period_start.dt.strftime("%Y-%m-%d"), flows.period_end.dt.strftime("%Y-%m-%d")
        inputs = "figures:" + flows.figure_id + " fx_average:" + flows.unit + "/" + target + "/" + start + "/" + end
        swapped = "fx_average:" + flows.unit + "/" + target + "/" + start + "/" + end + " figures:" + flows.figure_id
        parts.append(flows.assign(currency=target, conversion_method="period_mean", rate_start=flows.period_start, rate_end=flows.period_end,
                                  inputs=inputs.where(inputs < swapped, swapped)))  # fmt: skip

        spot = other[~ended.loc[other.index]].sort_values("stated_on")
        spot = pd.merge_asof(spot, daily, left_on="stated_on", right_on="rate_date", by="unit", tolerance=pd.Timedelta(days=7))
        day = spot.rate_date.dt.strftime("%Y-%m-%d")
        legs = [(code, " fx_rates:" + day + "/" + code) for code in (spot.unit, pd.Series(target, spot.index))]
        first = legs[0][1].where(legs[0][0] < legs[1][0], legs[1][1])
        second = legs[1][1].where(legs[0][0] < legs[1][0], legs[0][1])
        parts.append(spot.assign(currency=target, conversion_method="spot", rate_start=spot.rate_date, rate_end=spot.rate_date,
                                 inputs="figures:" + spot.figure_id + first + second))  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    rows["lower_amount"] = (rows.lower * rows.rate).round()
    rows["upper_amount"] = (rows.upper * rows.rate).round()
    return rows.rename(columns={"rate": "applied_rate"})[AMOUNTS]


def _pandas_growth(figures: pd.DataFrame) -> pd.DataFrame:
    said = figures[figures.repeats.isna()]
    family = said.status.map({"actual": "realised", "guidance": "expected"}).rename("family")
    latest = said.assign(family=family).sort_values(["stated_on", "figure_id"])
    current = latest.drop_duplicates([*KEY, "period_start", "period_end", "family"], keep="last")
    current = current[["figure_id", *KEY, "period_start", "period_end", "status", "lower", "upper"]]
    current = current.assign(span=(current.period_end - current.period_start).dt.days)
    current["is_year"] = current.span > 300
    bases = (
        current[current.status == "actual"]
        .rename(columns={"figure_id": "base_figure_id", "lower": "base_lower", "upper": "base_upper", "period_end": "base_end"})[
            ["base_figure_id", *KEY, "is_year", "base_lower", "base_upper", "base_end"]
        ]
        .sort_values("base_end")
    )
    parts = []
    for horizon, months in HORIZONS.items():
        these = current[~current.is_year] if horizon == "qoq" else current
        wanted = these.period_start - pd.Timedelta(days=1) if horizon == "qoq" else these.period_end - pd.DateOffset(months=months)
        these = these.assign(wanted=wanted.astype(bases.base_end.dtype), horizon=horizon).sort_values("wanted")
        parts.append(pd.merge_asof(these, bases, left_on="wanted", right_on="base_end", by=[*KEY, "is_year"], direction="nearest",
                                   tolerance=pd.Timedelta(days=7)).dropna(subset="base_figure_id"))  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    rows["growth_kind"] = rows.status.map({"actual": "actual_on_actual", "guidance": "guidance_on_actual"})
    is_point = rows.lower == rows.upper
    rows["growth_percent"] = ((rows.lower / rows.base_lower - 1) * 100).round(4).where(is_point)
    rows["lower_percent"] = ((rows.lower / rows.base_upper - 1) * 100).round(4)
    rows["upper_percent"] = ((rows.upper / rows.base_lower - 1) * 100).round(4)
    rows["change"] = (rows.lower - rows.base_lower).where(is_point)
    rows["empty_reason"] = None
    this, base = "figures_current:" + rows.figure_id, "figures_current:" + rows.base_figure_id
    rows["inputs"] = (this + " " + base).where(this < base, base + " " + this)
    return rows[GROWTH]


def in_polars(root: Path) -> dict[str, pd.DataFrame]:
    import polars as pl

    data = root / "datapackage/data"
    figures = pl.scan_csv(data / "figures.csv", try_parse_dates=True, infer_schema_length=10_000)
    rates = pl.scan_csv(data / "fx_rates.csv", try_parse_dates=True)
    data_day = pl.scan_csv(data / "sources.csv", try_parse_dates=True).select(pl.col("accessed_on").max()).collect().item()
    amounts, growth = pl.collect_all([_polars_amounts(figures, rates, data_day), _polars_growth(figures)])
    return {"amounts": amounts.to_pandas(), "growth": growth.to_pandas()}


def _polars_amounts(figures, rates, data_day):
    import polars as pl

    targets = rates.filter(pl.col("currency").is_in(TARGETS))
    daily = (
        rates.join(targets, on="rate_date", suffix="_to")
        .filter(pl.col("currency") != pl.col("currency_to"))
        .select(
            "rate_date",
            unit="currency",
            currency="currency_to",
            rate=(pl.col("units_per_eur_to") / pl.col("units_per_eur")).round(12),
        )
        .sort("rate_date")
    )
    columns = ["figure_id", "unit", "period_start", "period_end", "stated_on", "lower", "upper"]
    money = figures.with_columns(ended=(pl.col("status") == "actual") & (pl.col("period_end") <= data_day)).select(*columns, "ended")
    money = money.join(pl.LazyFrame({"currency": list(TARGETS)}), how="cross")
    same = money.filter(pl.col("unit") == pl.col("currency")).with_columns(
        conversion_method=pl.lit("same_currency"), rate=pl.lit(1.0), rate_start=pl.lit(None, pl.Date), rate_end=pl.lit(None, pl.Date),
        inputs=pl.concat_str(pl.lit("figures:"), "figure_id"),
    )  # fmt: skip
    other = money.filter(pl.col("unit") != pl.col("currency"))
    figure = pl.concat_str(pl.lit("figures:"), "figure_id")

    flows = other.filter("ended")
    periods = flows.select("period_start", "period_end").unique()
    means = (
        daily.join_where(periods, pl.col("rate_date") >= pl.col("period_start"), pl.col("rate_date") <= pl.col("period_end"))
        .group_by("unit", "currency", "period_start", "period_end")
        .agg(pl.col("rate").mean().round(12))
    )
    of_rate = pl.concat_str(pl.lit("fx_average:"), pl.concat_str("unit", "currency", "period_start", "period_end", separator="/"))
    flows = flows.join(means, on=["unit", "currency", "period_start", "period_end"]).with_columns(
        conversion_method=pl.lit("period_mean"), rate_start="period_start", rate_end="period_end", inputs=_in_order(figure, of_rate)
    )

    spot = (
        other.filter(~pl.col("ended"))
        .sort("stated_on")
        .join_asof(daily, left_on="stated_on", right_on="rate_date", by=["unit", "currency"], tolerance="7d", check_sortedness=False)
    )
    leg, to_leg = (pl.concat_str(pl.lit("fx_rates:"), "rate_date", pl.lit("/"), name) for name in ("unit", "currency"))
    spot = spot.with_columns(
        conversion_method=pl.lit("spot"), rate_start="rate_date", rate_end="rate_date",
        inputs=pl.concat_str(figure, _in_order(leg, to_leg), separator=" "),
    )  # fmt: skip
    rows = pl.concat([same, flows, spot], how="diagonal_relaxed")
    return rows.select(
        "figure_id", "currency", "conversion_method", lower_amount=(pl.col("lower") * pl.col("rate")).round(),
        upper_amount=(pl.col("upper") * pl.col("rate")).round(), applied_rate="rate", rate_start="rate_start", rate_end="rate_end", inputs="inputs",
    )  # fmt: skip


def _in_order(one, other):
    import polars as pl

    return pl.when(one < other).then(pl.concat_str(one, other, separator=" ")).otherwise(pl.concat_str(other, one, separator=" "))


def _polars_growth(figures):
    import polars as pl

    current = (
        figures.filter(pl.col("repeats").is_null())
        .sort("stated_on", "figure_id")
        .unique([*KEY, "period_start", "period_end", "status"], keep="last", maintain_order=True)
        .select("figure_id", *KEY, "period_start", "period_end", "status", "lower", "upper")
        .with_columns(is_year=(pl.col("period_end") - pl.col("period_start")).dt.total_days() > 300)
    )
    bases = (
        current.filter(pl.col("status") == "actual")
        .select(*KEY, "is_year", base_figure_id="figure_id", base_lower="lower", base_upper="upper", base_end="period_end")
        .sort("base_end")
    )
    parts = []
    for horizon, months in HORIZONS.items():
        these = current.filter(~pl.col("is_year")) if horizon == "qoq" else current
        wanted = pl.col("period_start").dt.offset_by("-1d") if horizon == "qoq" else pl.col("period_end").dt.offset_by(f"-{months}mo")
        parts.append(
            these.with_columns(wanted=wanted, horizon=pl.lit(horizon))
            .sort("wanted")
            .join_asof(bases, left_on="wanted", right_on="base_end", by=[*KEY, "is_year"], strategy="nearest", tolerance="7d",
                       check_sortedness=False)
            .filter(pl.col("base_figure_id").is_not_null())
        )  # fmt: skip
    rows = pl.concat(parts)
    is_point = pl.col("lower") == pl.col("upper")

    def percent(numerator, denominator):
        return ((pl.col(numerator) / pl.col(denominator) - 1) * 100).round(4)

    this, base = (pl.concat_str(pl.lit("figures_current:"), name) for name in ("figure_id", "base_figure_id"))
    return rows.with_columns(
        growth_kind=pl.when(pl.col("status") == "actual").then(pl.lit("actual_on_actual")).otherwise(pl.lit("guidance_on_actual")),
        growth_percent=pl.when(is_point).then(percent("lower", "base_lower")),
        lower_percent=percent("lower", "base_upper"),
        upper_percent=percent("upper", "base_lower"),
        change=pl.when(is_point).then(pl.col("lower") - pl.col("base_lower")),
        empty_reason=pl.lit(None, pl.String),
        inputs=_in_order(this, base),
    ).select(GROWTH)


def differences(ours: dict[str, pd.DataFrame], theirs: dict[str, pd.DataFrame]) -> list[str]:
    """Where the second derivation differs from the first: amounts by more than one unit, numbers by more than a billionth, texts at all."""
    found = []
    for name, columns, key in (("amounts", AMOUNTS, ["figure_id", "currency", "conversion_method"]), ("growth", GROWTH, GROWTH[:3])):
        left, right = (tables[name][columns].sort_values(key, ignore_index=True) for tables in (ours, theirs))
        if len(left) != len(right):
            found.append(f"{name}: {len(left)} rows and {len(right)}")
            continue
        for column in columns:
            if pd.api.types.is_numeric_dtype(left[column]):
                one, other = left[column].astype(float), right[column].astype(float)
                near = 1.01 if column.endswith("_amount") else one.abs() * 1e-9 + 1.01e-4 * column.endswith("_percent")
                differs = ~(((one - other).abs() <= near) | (one.isna() & other.isna()))
            else:
                one, other = left[column].astype("string").fillna(""), right[column].astype("string").fillna("")
                differs = one.str.removesuffix(" 00:00:00") != other.str.removesuffix(" 00:00:00")
            if differs.any():
                row = differs.idxmax()
                found.append(f"{name}.{column}: {int(differs.sum())} rows, as {left[column][row]} and {right[column][row]} at "
                             f"{'/'.join(left[key].iloc[row])}")  # fmt: skip
    return found
