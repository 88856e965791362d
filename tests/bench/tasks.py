"""What ./run bench measures: tasks.py <task> <project> <folder for results>, each in a process of its own."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build"))


def shape_opencapex(root: Path, out: Path) -> None:
    """What a table schema can say of a package: types, patterns, keys, links; this is what frictionless checks, too."""
    from opencapex import database, schemas, shape

    tables = {name: table for name, table in schemas.load(root).items() if table.path}
    con = database.connect()
    problems = shape.check_shape(root, tables, con)
    _write(out / "opencapex.csv", [(problem.file, problem.line) for problem in problems])


def shape_frictionless(root: Path, out: Path) -> None:
    from frictionless import Package

    report = Package(str(root / "datapackage/datapackage.json")).validate(limit_errors=100_000)
    rows = [(f"datapackage/{task.place}", row) for task in report.tasks for (row,) in task.flatten(["rowNumber"])]
    _write(out / "frictionless.csv", rows)


def shape_great_expectations(root: Path, out: Path) -> None:
    """The same of figures.csv alone, as expectations on a pandas frame; links between files are out."""
    import os

    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx
    import pandas as pd
    from opencapex import schemas

    table = schemas.load(root)["figures"]
    frame = pd.read_csv(root / table.path, dtype=str, keep_default_na=False, na_values=[""], engine="c")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = context.suites.add(gx.ExpectationSuite("figures"))
    suite.add_expectation(gx.expectations.ExpectTableColumnsToMatchOrderedList(column_list=table.field_names))
    suite.add_expectation(gx.expectations.ExpectColumnValuesToBeUnique(column=table.primary_key[0]))
    patterns = {"date": r"^\d{4}-\d{2}-\d{2}$", "number": r"^-?\d+(\.\d+)?$"}
    for column in table.fields:
        if column.required:
            suite.add_expectation(gx.expectations.ExpectColumnValuesToNotBeNull(column=column.name))
        if column.categories:
            values = [category.value for category in column.categories]
            suite.add_expectation(gx.expectations.ExpectColumnValuesToBeInSet(column=column.name, value_set=values))
        elif pattern := patterns.get(column.type) or column.pattern and f"^({column.pattern})$":
            suite.add_expectation(gx.expectations.ExpectColumnValuesToMatchRegex(column=column.name, regex=pattern))
    batch = context.data_sources.add_pandas("read").add_dataframe_asset("figures").add_batch_definition_whole_dataframe("all")
    validation = gx.ValidationDefinition(name="figures", data=batch, suite=suite)
    outcome = context.validation_definitions.add(validation).run(batch_parameters={"dataframe": frame})
    _write(out / "great_expectations.csv", [] if outcome.success else [("datapackage/data/figures.csv", 0)])


def check_opencapex(root: Path, out: Path) -> None:
    """./run check: shape, then every rule across rows."""
    from opencapex import pipeline

    pipeline.check(root)


def derive_opencapex(root: Path, out: Path) -> None:
    _derive("opencapex", root, out)


def derive_pandas(root: Path, out: Path) -> None:
    _derive("in_pandas", root, out)


def derive_polars(root: Path, out: Path) -> None:
    _derive("in_polars", root, out)


def _derive(how: str, root: Path, out: Path) -> None:
    import derive

    for name, frame in getattr(derive, how)(root).items():
        frame.to_parquet(out / f"{how}-{name}.parquet")


def tables_opencapex(root: Path, out: Path) -> None:
    """Check, every derived table, and the released ones as CSV; `statements` as Parquet, too."""
    from opencapex import pipeline, publish

    package = pipeline.build(root)
    publish.publish_csv(root, package.tables, package.con, out)
    package.con.execute(f"copy (from statements order by figure_id) to '{out / 'statements.parquet'}' (format parquet, compression zstd)")


def files_opencapex(root: Path, out: Path) -> None:
    """Check, every derived table, and all forms of dist/: CSV, Parquet, DuckDB, XLSX."""
    from opencapex import pipeline, publish

    package = pipeline.build(root)
    publish.publish(root, package.tables, package.con, out)


def release_opencapex(root: Path, out: Path) -> None:
    """What ./run release freezes: the released tables as CSV in one zip whose bytes are always the same."""
    from opencapex import pipeline, publish, release

    package = pipeline.build(root, pending="9.0.0")
    publish.publish_csv(root, package.tables, package.con, out, pending="9.0.0")
    (out / "frozen.zip").write_bytes(release.zip_bytes({path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))}))


def pages_opencapex(root: Path, out: Path) -> None:
    """./run site: everything, cold."""
    from opencapex import site

    site.build_site(root, out)


def _write(path: Path, rows: list) -> None:
    path.write_text("".join(f"{','.join(map(str, row))}\n" for row in sorted(set(rows))), encoding="utf-8")


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    # The most memory that this process held, in kB; what its parent held does not count.
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (Path(sys.argv[3]) / "peak").write_text(next(line.split()[1] for line in status if line.startswith("VmHWM")), encoding="utf-8")
