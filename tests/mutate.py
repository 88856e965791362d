"""Mutation testing of the SQL: PYTHONPATH=build .venv/bin/python tests/mutate.py [name ...] changes one token of a model or a rule at a time and asks whether
a test would notice.

A model's mutant is noticed when a worked example of it (or of a model that reads it) comes out differently, or when it changes a table that
tests/oracle.py computes a second time from the real dataset; a rule's when one of its broken examples, or the valid real dataset, comes
out differently. Prints one line for each mutant that nobody notices, then the shares without those
that tests/equivalent_mutants.csv names as equivalent: no row that the schemas allow tells them from the query. A run without names writes
build/measured/mutation.csv. What was measured is kept in .work-mutation.json and measured again
only when something it depends on has changed, so a run that was broken off goes on where it stopped.
"""

import csv
import functools
import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path

import duckdb
import test_models
import test_oracle
import test_rules
from conftest import ROOT, built, freeze, small_package
from opencapex import archives, database, models, pipeline, rules, schemas, shape
from opencapex.problems import InputError

# What is put in the place of what, outside comments and strings.
CHANGES = [
    (r"<=", ["<"]), (r">=", [">"]), (r"<>", ["="]), (r"(?<![<>])=", ["<>"]), (r"<(?![=>])", ["<="]), (r"(?<!<)>(?!=)", [">="]),
    (r"\band\b", ["or"]), (r"\bor\b", ["and"]), (r"\bis not null\b", ["is null"]), (r"\bis null\b", ["is not null"]), (r"\bnot in\b", ["in"]),
    (r"\bleft join\b", ["join"]), (r"\bmin\(", ["max("]), (r"\bmax\(", ["min("]), (r"\bsum\(", ["max("]), (r" desc\b", [""]),
    (r"\blag\(", ["lead("]), (r"\bbool_or\(", ["bool_and("]), (r"\bbool_and\(", ["bool_or("]), (r"\bunion all\b", ["union"]),
    (r"(?<= )\+(?= )", ["-"]), (r"(?<= )-(?= )", ["+"]), (r"(?<= )\*(?= )", ["/"]), (r"(?<= )/(?= )", ["*"]),
    (r"\bgreatest\(", ["least("]), (r"\bleast\(", ["greatest("]), (r"\btrue\b", ["false"]), (r"\bfalse\b", ["true"]),
    (r"(?<![\w.'])\d+(?:\.\d+)?(?![\w.'])", ["+1"]),
]  # fmt: skip
# Comments, strings and casts, in which nothing is changed.
QUIET = re.compile(r"/\*.*?\*/|--[^\n]*|'[^']*'|::\w+(?:\([^)]*\))?|\bbetween\b[^\n]*?\band\b", re.DOTALL)
EQUIVALENT = ROOT / "tests/equivalent_mutants.csv"
MEASURED = ROOT / "build/measured/mutation.csv"
KEPT = ROOT / ".work-mutation.json"


def mutants(query):
    """Every query that differs from this one in one token, with its line, what was changed and how the line then reads."""
    quiet = [match.span() for match in QUIET.finditer(query)]
    for pattern, replacements in CHANGES:
        for match in re.finditer(pattern, query):
            if any(start <= match.start() < end for start, end in quiet):
                continue
            for replacement in replacements:
                new = str(int(float(match[0])) + 1) if replacement == "+1" else replacement
                text = query[: match.start()] + new + query[match.end() :]
                line = query.count("\n", 0, match.start())
                yield text, (f"{line + 1}: {match[0].strip()} -> {new or 'nothing'}", text.split("\n")[line].strip())


def digest(paths, *more):
    """What these files (of a folder, all of them) and values hold, as one checksum."""
    total = hashlib.sha256(repr(more).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(file.read_bytes())
    return total.hexdigest()


DATA = digest([ROOT / "datapackage/data", ROOT / "datapackage/schemas", ROOT / "datapackage/releases"], CHANGES, QUIET.pattern)


class Models:
    """The worked examples of every model and the real dataset, ready for a mutant."""

    folder = "build/models"

    def __init__(self):
        self.package = pipeline.build(ROOT)
        self.tables = self.package.tables
        self.names = sorted(name for name, table in self.tables.items() if table.query)
        self.examples = {name: [] for name in self.names}
        for parameters in test_models.EXAMPLES:
            model, example = parameters.values
            given = test_models.given_rows(example, self.tables)
            self.examples[model].append((example, functools.partial(built, self.tables, given, [model])))

    def file(self, name):
        return self.tables[name].schema_file

    def query(self, name):
        return self.tables[name].query

    def depends_on(self, name):
        read = [ROOT / self.tables[table].schema_file for table in sorted(models.all_read(self.tables, name) & set(self.names))]
        return digest([*read, test_models.FOLDER / f"{name}.yaml", test_models.FOLDER / "defaults.yaml"], DATA, name in test_oracle.TABLES)

    def noticed(self, name, query):
        return self.spoils_an_example(name, query) or (name in test_oracle.TABLES and self.changes_the_dataset(name, query))

    def spoils_an_example(self, name, query):
        for number, (example, con) in enumerate(self.examples[name]):
            if isinstance(con, functools.partial):
                con = con()
                self.examples[name][number] = (example, con)
            try:
                con.execute(f"delete from {name}")
                con.execute(f"insert into {name} {query}")
            except duckdb.Error:
                return True
            found, expected = test_models.comes_out(name, example, con)
            if found != expected:
                return True
        return False

    def changes_the_dataset(self, name, query):
        columns = ", ".join(f'"{c}"' for c in self.tables[name].field_names)
        query = query.rstrip().rstrip(";")
        try:
            return bool(self.package.con.execute(
                f"((select {columns} from ({query}) except all from {name}) limit 1) union all "
                f"((from {name} except all select {columns} from ({query})) limit 1)"
            ).fetchall())  # fmt: skip
        except duckdb.Error:
            return True


class Rules:
    """The broken examples of every rule and the real dataset, ready for a mutant."""

    folder = "build/checks"

    def __init__(self):
        self.tables = schemas.load(ROOT)
        self.rules = {rule.name: rule for rule in rules.load_rules(ROOT)}
        self.names = sorted(self.rules)
        self.places = {name: [self.loaded(ROOT)] for name in self.names}
        self.folders = []
        for parameters in test_rules.CASES:
            name, case = parameters.values
            if name not in self.rules:
                continue
            self.folders.append(tempfile.TemporaryDirectory())
            package = small_package(Path(self.folders[-1].name))
            if case.get("released"):
                freeze(package, "0.1.0")
            test_rules.edit(package, self.tables, case)
            try:
                self.places[name].append(self.loaded(package))
            except InputError:
                continue  # the example breaks the shape already
        self.expected = {name: [self.answer(self.rules[name], con) for con in places] for name, places in self.places.items()}

    def loaded(self, root):
        con = database.connect()
        curated = {name: table for name, table in self.tables.items() if table.path}
        problems = shape.check_shape(root, curated, con) + archives.check_frozen(root)
        if problems:
            raise InputError(problems)
        shape.load_curated(curated, con)
        archives.load_archives(root, self.tables, con, with_history=False)
        models.build(self.tables, con, only=rules.models_wanted(list(self.rules.values()), self.tables))
        return con

    def answer(self, rule, con):
        con.execute("delete from text.exceptions where rule <> ?", [rule.name])
        return [str(problem) for problem in rules.offences([rule], self.tables, con)]

    def file(self, name):
        return self.rules[name].file

    def query(self, name):
        return self.rules[name].query

    def depends_on(self, name):
        wanted = rules.models_wanted([self.rules[name]], self.tables)
        read = [ROOT / self.tables[table].schema_file for table in models.build_order(self.tables, wanted)]
        return digest([ROOT / self.rules[name].file, *read, ROOT / f"tests/broken/{name}", ROOT / "tests/package"], DATA)

    def noticed(self, name, query):
        mutated = self.rules[name]._replace(query=query)
        for con, expected in zip(self.places[name], self.expected[name], strict=True):
            try:
                if self.answer(mutated, con) != expected:
                    return True
            except (InputError, duckdb.Error):
                return True
        return False


def survivors(subject, name, kept):
    """How many mutants of a file there are, and those nobody notices; measured now, unless that is kept already."""
    key = subject.digests[name]
    if key not in kept:
        query = subject.query(name)
        every = list(mutants(query))
        result = [len(every), [what for text, what in every if not subject.noticed(name, text)]]
        kept |= {**(json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}), key: result}
        KEPT.write_text(json.dumps(kept), encoding="utf-8")
    return kept[key]


def main(wanted):
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        named = {(row["file"], row["mutated_line"]) for row in csv.DictReader(file)}
    measured, stale = [], []
    for kind in (Models, Rules):
        if wanted and not any((ROOT / kind.folder / f"{name}.sql").exists() for name in wanted):
            continue
        subject = kind()
        subject.digests = {name: subject.depends_on(name) for name in subject.names if not wanted or name in wanted}
        total = [0, 0, 0]
        for name in subject.digests:
            file = subject.file(name)
            made, unnoticed = survivors(subject, name, kept)
            real = [change for change, line in unnoticed if (file, line) not in named]
            for change in real:
                print(f"{file}:{change}", flush=True)
            stale += sorted({key for key in named if key[0] == file} - {(file, line) for _, line in unnoticed})
            counts = [made, made - len(unnoticed), len(unnoticed) - len(real)]
            measured.append([kind.__name__.lower().removesuffix("s"), file, *counts])
            total = [a + b for a, b in zip(total, counts, strict=True)]
        made, noticed, equivalent = total
        if made:
            share = 100 * noticed / (made - equivalent)
            print(
                f"{kind.__name__}: {noticed} of {made - equivalent} noticed ({share:.1f} percent), {equivalent} more are equivalent",
                flush=True,
            )
    for file, line in stale:
        print(f"{EQUIVALENT.name}: nobody makes this mutant, or a test notices it: {file}: {line}")
    if not wanted and not stale:
        text = shape.write_csv([["kind", "file", "mutants", "noticed", "equivalent"], *measured])
        MEASURED.parent.mkdir(exist_ok=True)
        MEASURED.write_text(text, encoding="utf-8")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
