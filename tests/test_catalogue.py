"""What programs are told about the data: true to the bytes, readable by strangers, and at addresses that stay."""

import csv
import hashlib
import json
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from conftest import ROOT, freeze, small_package
from frictionless import Package
from opencapex import archives, catalogue, pages, pipeline, publish
from opencapex.problems import InputError

ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The tiny package with release 0.1.0 frozen, the pages staged from it, and what was built."""
    root = small_package(tmp_path_factory.mktemp("catalogue"))
    releases = root / "datapackage/data/releases.csv"
    releases.write_text(releases.read_text(encoding="utf-8") + "0.1.0,2026-01-06,First <&> release,首次发布\n", encoding="utf-8")
    freeze(root, "0.1.0")
    (root / archives.FOLDER / "changes-0.1.0.csv").write_text("step\n", encoding="utf-8")
    package = pipeline.build(root)
    (root / "dist").mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    return root, package


@pytest.fixture(scope="module")
def site(project):
    root, package = project
    (root / "work").mkdir()
    pages.stage(root, package, [], root / "dist", root / "work")
    return root / "work/pages"


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def sha256(path):
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def files_in(node):
    """Every {path, bytes, hash} in a JSON document."""
    if isinstance(node, dict):
        if {"path", "bytes", "hash"} <= node.keys():
            yield node
        node = list(node.values())
    for item in node if isinstance(node, list) else ():
        yield from files_in(item)


def test_every_hash_that_is_told_is_that_of_the_bytes(site):
    data = site / "data"
    told = [(data, file) for file in files_in(read_json(data / "index.json"))]
    for folder in (data / "latest", data / "v0.1.0"):
        told += [(folder, file) for file in files_in(read_json(folder / "datapackage.json"))]
    for file in read_json(data / "latest/croissant.json")["distribution"]:
        size = int(file["contentSize"].removesuffix(" B"))
        told.append((data / "latest", {"path": file["contentUrl"], "bytes": size, "hash": f"sha256:{file['sha256']}"}))
    for line in (data / "releases/SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        size = (data / "releases" / name).stat().st_size
        told.append((data / "releases", {"path": name, "bytes": size, "hash": f"sha256:{digest}"}))
    for folder, file in told:
        assert (file["bytes"], file["hash"]) == ((folder / file["path"]).stat().st_size, sha256(folder / file["path"])), file
    vouched = {(folder / file["path"]).resolve() for folder, file in told}
    assert {*(data / "latest").iterdir(), *(data / "v0.1.0").glob("*.csv")} <= vouched


def test_the_index_lists_every_table_column_and_release(site, project):
    index = read_json(site / "data/index.json")
    released = {table.name: table.field_names for table in project[1].tables.values() if table.released}
    assert {table["name"]: [column["name"] for column in table["columns"]] for table in index["latest"]["tables"]} == released
    (release,) = index["releases"]
    assert (release["version"], release["released_on"], release["title_en"]) == ("0.1.0", "2026-01-06", "First <&> release")
    assert {table["name"]: table["columns"] for table in release["tables"]} == released


def test_a_release_lies_open_as_it_was_frozen(site, project):
    (archive,) = archives.archives(project[0])
    for name in archive.names():
        if name.endswith((".csv", ".json")):
            assert (site / "data/v0.1.0" / name).read_bytes() == archive.content(name)
    assert Package(str(site / "data/v0.1.0/datapackage.json")).validate().valid


def test_an_address_once_published_stays(site, project, tmp_path):
    root, package = project
    released = [table.name for table in package.tables.values() if table.released]
    published = catalogue.addresses("0.1.0", released)
    assert [address for address in published if not (site / address).is_file()] == []
    listed = root / archives.FOLDER / "addresses-0.1.0.txt"
    listed.write_text("\n".join([*published, "data/latest/gone.csv"]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"addresses-0.1.0.txt:{len(published) + 1}: data/latest/gone.csv was published and is no longer"):
        pages.stage(root, package, [], root / "dist", tmp_path)
    listed.unlink()


def test_every_release_has_its_list_of_addresses():
    lists = {path.name for path in (ROOT / archives.FOLDER).glob("addresses-*.txt")}
    assert lists == {f"addresses-{archive.version}.txt" for archive in archives.archives(ROOT)}


def test_the_tables_of_each_release_keep_their_addresses(tables):
    """The same promise for the real dataset, told in a second: a table once released is still built."""
    released = {table.name for table in tables.values() if table.released}
    for path in (ROOT / archives.FOLDER).glob("addresses-*.txt"):
        named = set(re.findall(r"^data/latest/([a-z_]+)\.(?:csv|parquet)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= released


def test_the_feed_is_atom(site):
    feed = ElementTree.parse(site / "data/releases.atom").getroot()
    assert feed.tag == f"{{{ATOM['atom']}}}feed"
    assert feed.find("atom:updated", ATOM).text == "2026-01-06T00:00:00Z"
    (entry,) = feed.findall("atom:entry", ATOM)
    assert entry.find("atom:title", ATOM).text == "0.1.0: First <&> release"
    ids = [node.text for node in feed.iter(f"{{{ATOM['atom']}}}id")]
    assert len(set(ids)) == 2 and all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", name) for name in ids)
    for link in feed.iter(f"{{{ATOM['atom']}}}link"):
        target = site / "data" / link.get("href")
        assert target.is_file() or (site / "changelog.md").is_file() and link.get("href") == "../changelog/"


def test_llms_txt_leads_to_files(site):
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# OpenCapex") and "\n> " in text and "{" not in text and "&#" not in text
    for place in re.findall(r"\]\(([^)]+)\)", text):
        assert (site / place).is_file() or (site / f"{place.rstrip('/')}.md").is_file(), place


@pytest.mark.parametrize("page", ["download", "tables/figures", "download.zh", "tables/figures.zh"])
def test_schema_org_says_what_dataset_search_needs(site, page):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', (site / f"{page}.md").read_text(encoding="utf-8"))
    about = json.loads(text)
    assert about["@type"] == "Dataset" and about["license"].startswith("https://creativecommons.org/")
    assert 50 <= len(about["description"]) <= 5000
    assert {"name", "creator", "keywords", "version", "variableMeasured", "distribution", "inLanguage"} <= about.keys()
    depth = page.count("/") + 1 + page.endswith(".zh")
    for file in about["distribution"]:
        assert file["contentUrl"].startswith("../" * depth + "data/latest/")
        assert (site / file["contentUrl"].removeprefix("../" * depth)).is_file()


def test_mlcroissant_accepts_and_reads_it(site):
    """In a process of its own: the library takes seconds to import and warns about others."""
    path = site / "data/latest/croissant.json"
    said = read_json(path)
    assert said["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    required = {"@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished", "version", "citeAs"}
    assert required <= said.keys()
    code = (
        "import json, sys, mlcroissant\n"
        "data = mlcroissant.Dataset(sys.argv[1])\n"
        "issues = data.metadata.ctx.issues\n"
        "print(json.dumps([sorted(issues.errors), sorted(issues.warnings), len(list(data.records('figures')))]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with (site / "data/latest/figures.csv").open(encoding="utf-8", newline="") as file:
        assert json.loads(done.stdout.splitlines()[-1]) == [[], [], sum(1 for _ in csv.DictReader(file))]
