"""Releases: frozen once, reproducible, diffed row by row, and refused for a stated reason."""

import csv
import re
import subprocess
import zipfile

import pytest
from conftest import freeze, problems_of
from opencapex import archives, diff, pipeline, quality, release
from opencapex.problems import InputError


def git(root, *arguments):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def project(package, monkeypatch):
    """The tiny package under git, with everything that release 0.1.0 asks for."""
    (package / "docs").unlink()
    (package / "docs").mkdir()
    for path in release.CHANGELOGS:
        (package / path).write_text("# Changelog\n\n## 0.1.0\n\nNotable.\n\n## Older\n\nText.\n", encoding="utf-8")
    (package / "CITATION.cff").write_text("cff-version: 1.2.0\n", encoding="utf-8")
    prepare(package, "0.0.0", "0.1.0", "2026-01-06")
    monkeypatch.setattr(quality, "FILE", "expectations.yaml")  # what is plausible of the real tables is not of tiny ones
    (package / "expectations.yaml").write_text("[]\n", encoding="utf-8")
    git(package, "init", "-q")
    commit(package)
    return package


def prepare(root, before, version, day):
    descriptor = root / "datapackage/datapackage.json"
    descriptor.write_text(
        descriptor.read_text(encoding="utf-8").replace(f'"version": "{before}"', f'"version": "{version}"'), encoding="utf-8"
    )
    with (root / "datapackage/data/releases.csv").open("a", encoding="utf-8") as file:
        file.write(f"{version},{day},A release,一次发布\n")


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")


def refusals(root, version):
    with pytest.raises(InputError) as raised:
        release.release(root, version)
    return [f"{problem.file}: {problem.found} {problem.expected}" for problem in raised.value.problems]


def rows_of(root, table):
    with (root / f"datapackage/data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(root, table, rows):
    with (root / f"datapackage/data/{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_a_release_is_frozen_and_known_to_history(project):
    said = release.release(project, "0.1.0")
    assert "opencapex-0.1.0.zip is frozen" in said
    with zipfile.ZipFile(project / archives.FOLDER / "opencapex-0.1.0.zip") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {"figures.csv", "statements.csv", "history.csv", "datapackage.json", "CITATION.cff", "CHANGELOG.md"} <= set(names)
        assert "fx_daily.csv" not in names
        assert "F00001" in archive.read("figures.csv").decode()
    changelog = (project / release.CHANGELOGS[0]).read_text(encoding="utf-8")
    assert changelog == "# Changelog\n\n## 0.1.0\n\nNotable.\n\nThe first release: every row is new.\n\n## Older\n\nText.\n"
    addresses = (project / archives.FOLDER / "addresses-0.1.0.txt").read_text(encoding="utf-8").splitlines()
    assert {"data/latest/figures.csv", "data/v0.1.0/figures.csv", "data/index.json"} <= set(addresses)
    con = pipeline.build(project).con
    assert con.execute("select distinct release_added from statements").fetchall() == [("0.1.0",)]
    assert problems_of(project) == []


def test_the_same_commit_gives_the_same_bytes(project, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "elsewhere"
    git(project, "clone", "-q", ".", str(other))
    (other / "build").unlink(missing_ok=True)
    (other / "build").symlink_to((project / "build").resolve())
    git(other, "add", "-A")
    git(other, "commit", "-qm", "x", "--allow-empty")
    for root in (project, other):
        release.release(root, "0.1.0")
    name = f"{archives.FOLDER}/opencapex-0.1.0.zip"
    assert (project / name).read_bytes() == (other / name).read_bytes()


def test_refusals_say_why(project):
    assert "datapackage/data/releases.csv: 0.2.0 has no row" in refusals(project, "0.2.0")
    (project / "stray").write_text("x", encoding="utf-8")
    assert refusals(project, "0.1.0") == ["the working tree: changes that are not committed"]
    (project / "stray").unlink()
    release.release(project, "0.1.0")
    commit(project)
    assert refusals(project, "0.1.0") == ["datapackage/releases: 0.1.0 is released already"]


def test_a_step_must_be_as_large_as_what_changed(project):
    release.release(project, "0.1.0")
    figures = rows_of(project, "figures")
    figures[0]["locator"] = "page 2"
    figures.append(figures[0] | {"figure_id": "F00007", "period_start": "2023-01-01", "period_end": "2023-12-31", "period_label": "2023"})
    write_rows(project, "figures", figures)
    prepare(project, "0.1.0", "0.1.1", "2026-01-07")
    for path in release.CHANGELOGS:
        path = project / path
        path.write_text(path.read_text(encoding="utf-8").replace("## 0.1.0", "## 0.1.1\n\nMore.\n\n## 0.1.0"), encoding="utf-8")
    commit(project)
    (problem,) = refusals(project, "0.1.1")
    assert problem.startswith("./run release: 0.1.1 is too small a step from 0.1.0: row added")


def test_what_changed_is_told_apart(project):
    release.release(project, "0.1.0")
    figures = rows_of(project, "figures")
    figures[0]["locator"] = "page 2"
    figures[2] |= {"retired_on": "2026-01-07", "retired_reason": "duplicate"}
    figures.append(figures[0] | {"figure_id": "F00007", "period_start": "2023-01-01", "period_end": "2023-12-31", "period_label": "2023"})
    write_rows(project, "figures", figures)
    prepare(project, "0.1.0", "0.2.0", "2026-01-07")
    for path in release.CHANGELOGS:
        path = project / path
        path.write_text(path.read_text(encoding="utf-8").replace("## 0.1.0", "## 0.2.0\n\nMore.\n\n## 0.1.0"), encoding="utf-8")
    commit(project)
    release.release(project, "0.2.0")
    with (project / archives.FOLDER / "changes-0.2.0.csv").open(encoding="utf-8", newline="") as file:
        changes = {(row["kind"], row["table"], row["row_key"], row["column"]) for row in csv.DictReader(file)}
    assert ("annotated", "figures", "F00001", "locator") in changes
    assert ("retired", "figures", "F00003", "retired_on") in changes
    assert ("row added", "figures", "F00007", "") in changes
    con = pipeline.build(project).con
    history = con.execute("select row_key, release_added, release_retired from history where table_name = 'figures'").fetchall()
    assert ("F00003", "0.1.0", "0.2.0") in history and ("F00007", "0.2.0", None) in history


def test_diff_tells_people_what_changed(package):
    with pytest.raises(InputError, match="no release to compare with"):
        diff.diff(package, None, None)
    freeze(package, "0.1.0")
    assert diff.diff(package, "0.1.0", "0.1.0").startswith("From 0.1.0 to 0.1.0: 0 differences.\n")
    figures = rows_of(package, "figures")
    figures[0]["locator"] = "page 2"
    figures[2] |= {"retired_on": "2026-01-06", "retired_reason": "wrong_value"}
    wrong = figures[2]
    figures.append(wrong | {"figure_id": "F00007", "lower": "5", "upper": "5", "printed_step": "1", "as_stated": "$5", "retired_on": "", "retired_reason": "",
                            "supersedes": "F00003", "supersedes_reason": "our_correction"})  # fmt: skip
    write_rows(package, "figures", figures)
    rates = rows_of(package, "fx_rates")
    for row in rates:
        row["units_per_eur"] = "15" if row["currency"] == "CNY" else row["units_per_eur"]
    write_rows(package, "fx_rates", rates)
    assert problems_of(package) == []
    said = diff.diff(package, None, None)
    assert "\nFigures corrected by us: 1\n  F00007 " in said and "; was F00003 " in said
    assert "\nFigures retired: 1\n  F00003 " in said and ": wrong_value\n" in said
    assert f"\n  F00001 locator: {rows_of_archive(package, 'figures')[0]['locator']} → page 2\n" in said
    assert re.search(r"Derived values that moved: \d+\n(  .*\n)*?  amounts F0000\d/\w+/\w+ \w+: [0-9.]+ → [0-9.]+\n", said), said
    assert f"\n  fx_rates: value changed: {sum(row['currency'] == 'CNY' for row in rates)}\n" in said
    assert len(diff.diff(package, None, None, everything=True)) > len(said)
    with pytest.raises(InputError, match="9.9.9 is not a release"):
        diff.diff(package, "9.9.9", None)


def rows_of_archive(root, table):
    return archives.archives(root)[-1].rows(table)


def test_a_frozen_archive_never_changes(package):
    path = freeze(package, "0.1.0")
    assert problems_of(package) == []
    content = path.read_bytes()
    path.write_bytes(content.replace(b"billion", b"million", 1))
    assert problems_of(package) == [
        "datapackage/releases/opencapex-0.1.0.zip: its content is no longer what was released. Fix: restore the archive as it was"
    ]
    path.unlink()
    assert problems_of(package)[0].startswith("datapackage/releases/SHA256SUMS:1: opencapex-0.1.0.zip is not there.")
    path.write_bytes(content)
    (package / archives.SUMS).write_text("", encoding="utf-8")
    assert problems_of(package)[0].startswith("datapackage/releases/opencapex-0.1.0.zip: an archive without a line in")
