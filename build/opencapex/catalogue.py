"""What programs are told about the data, made from the released descriptor: Croissant, schema.org, data/index.json.

Hashes are of the bytes on disk, and every list of columns is the descriptor's, so that no two of them can differ.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from opencapex.archives import FOLDER, Archive, archives
from opencapex.problems import InputError, Problem

CROISSANT_TYPES = {"string": "sc:Text", "date": "sc:Date", "number": "sc:Float", "integer": "sc:Integer", "year": "sc:Integer",
                   "boolean": "sc:Boolean"}  # fmt: skip
# The terms of Croissant 1.1 as its specification maps them.
CROISSANT_CONTEXT = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "name": {"@container": "@language"}, "description": {"@container": "@language"},
} | {
    term: f"cr:{term}"
    for term in ("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject", "fileProperty",
                 "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
                 "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform")
}  # fmt: skip
# Files beside the tables, and what each is.
FILES = {
    "opencapex.duckdb": "application/vnd.duckdb",
    "opencapex.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "datapackage.json": "application/json",
    "croissant.json": "application/ld+json",
}


def hashed(path: Path) -> dict:
    """Size and hash of a file as Data Package writes them."""
    content = path.read_bytes()
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def home(package: dict, otherwise: str) -> str:
    """The site's address, ending in a slash, where the descriptor states it."""
    return f"{package['homepage'].rstrip('/')}/" if "homepage" in package else otherwise


def croissant(package: dict, published: date | None) -> dict:
    """Croissant 1.1 of a released descriptor: a file and a record set a table, keys and references as declared."""
    return {
        "@context": CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        **_about(package, "../../"),
        **({"datePublished": published.isoformat()} if published else {}),
        "citeAs": f"{package['contributors'][0]['title']}: {package['title']}, version {package['version']}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": resource["path"],
                "name": resource["path"],
                "contentUrl": resource["path"],
                "contentSize": f"{resource['bytes']} B",
                "encodingFormat": resource["mediatype"],
                "sha256": resource["hash"].removeprefix("sha256:"),
            }
            for resource in package["resources"]
        ],
        "recordSet": [_record_set(resource) for resource in package["resources"]],
    }


def _record_set(resource: dict) -> dict:
    table, schema = resource["name"], resource["schema"]
    leads_to = {key["fields"][0]: key["reference"] for key in schema.get("foreignKeys", [])}
    fields = []
    for column in schema["fields"]:
        field = {
            "@type": "cr:Field",
            "@id": f"{table}/{column['name']}",
            "name": column["name"],
            "description": column["description"],
            "dataType": CROISSANT_TYPES[column["type"]],
            "source": {"fileObject": {"@id": resource["path"]}, "extract": {"column": column["name"]}},
        }
        reference = leads_to.get(column["name"])
        if reference and reference["resource"]:  # a reference to the own table would be a circle to Croissant's readers
            field["references"] = {"field": {"@id": f"{reference['resource']}/{reference['fields'][0]}"}}
        fields.append(field)
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": resource["description"],
        "key": [{"@id": f"{table}/{column}"} for column in schema["primaryKey"]],
        "field": fields,
    }


def json_ld(package: dict, to_root: str, table: str | None = None) -> dict:
    """schema.org Dataset of the whole package, or of one table as part of it; `to_root` leads from the page to the site's root."""
    whole = {"@context": "https://schema.org/", "@type": "Dataset", **_about(package, to_root)}
    resources = [resource for resource in package["resources"] if table in (None, resource["name"])]
    latest = f"{home(package, to_root)}data/latest/"
    files = [file for r in resources for file in ((r["path"], "text/csv"), (f"{r['name']}.parquet", "application/vnd.apache.parquet"))]
    files += [] if table else FILES.items()
    about = whole | {
        "distribution": [{"@type": "DataDownload", "contentUrl": latest + path, "encodingFormat": kind} for path, kind in files],
    }
    if table is None:
        return about | {"variableMeasured": sorted({f["name"] for r in resources for f in r["schema"]["fields"]})}
    (resource,) = resources
    return about | {
        "name": f"{package['title']}: {resource['title']}",
        "description": f"{resource['description']} {package['description']}",
        "isPartOf": {"@type": "Dataset", **{key: whole[key] for key in ("name", "description", "license", "creator")}},
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": f["name"],
                "description": f["description"],
                **({"unitText": f["unit"]} if "unit" in f else {}),
            }
            for f in resource["schema"]["fields"]
        ],
    }


def _about(package: dict, to_root: str) -> dict:
    """What Croissant and schema.org say of a dataset in the same words."""
    return {
        "name": package["title"],
        "alternateName": package["title_zh"],
        "description": package["description"],
        "url": home(package, to_root),
        "license": package["licenses"][0]["path"],
        "creator": [{"@type": "Organization", "name": contributor["title"]} for contributor in package["contributors"]],
        "publisher": {"@type": "Organization", "name": package["contributors"][0]["title"]},
        "keywords": package["keywords"],
        "inLanguage": ["en", "zh"],
        "isAccessibleForFree": True,
        "version": package["version"],
    }


def unpack_releases(root: Path, data: Path) -> None:
    """Lays every frozen release open in `data`/vX.Y.Z: its tables and its descriptor, the bytes that the archive holds."""
    for archive in archives(root):
        folder = data / f"v{archive.version}"
        folder.mkdir()
        for name in archive.names():
            if name.endswith((".csv", ".json", ".cff")):
                (folder / name).write_bytes(archive.content(name))


def index(root: Path, data: Path, con: duckdb.DuckDBPyConnection) -> dict:
    """data/index.json: the latest tables with their columns and files, and every release with its own; paths lead from `data`."""
    package = json.loads((data / "latest/datapackage.json").read_text(encoding="utf-8"))

    def file(path: str) -> dict:
        return {"path": path, **hashed(data / path)}

    releases = con.execute("select version, released_on, title_en, title_zh from releases").fetchall()
    told = {version: {"released_on": day.isoformat(), "title_en": en, "title_zh": zh} for version, day, en, zh in releases}
    return {
        "name": package["name"],
        "title": package["title"],
        "license": package["licenses"][0]["path"],
        "latest": {
            "version": package["version"],
            "files": [file(f"latest/{name}") for name in FILES],
            "tables": [
                {
                    "name": resource["name"],
                    "title": resource["title"],
                    "primary_key": resource["schema"]["primaryKey"],
                    "columns": [
                        {key: f[key] for key in ("name", "type", "unit", "description") if key in f} for f in resource["schema"]["fields"]
                    ],
                    "csv": file(f"latest/{resource['path']}"),
                    "parquet": file(f"latest/{resource['name']}.parquet"),
                }
                for resource in package["resources"]
            ],
        },
        "releases": [_release(archive, told.get(archive.version, {}), file) for archive in reversed(archives(root))],
    }


def _release(archive: Archive, told: dict, file) -> dict:
    return {
        "version": archive.version,
        **told,
        "archive": file(f"releases/{archive.path.name}"),
        "descriptor": file(f"v{archive.version}/datapackage.json"),
        "tables": [
            {
                "name": resource["name"],
                "columns": [column["name"] for column in resource["schema"]["fields"]],
                "csv": file(f"v{archive.version}/{resource['path']}"),
            }
            for resource in archive.descriptor()["resources"]
        ],
    }


def addresses(version: str, tables: Iterable[str]) -> list[str]:
    """Every address of data that a site with this release has, from the site's root."""
    found = ["llms.txt", "data/index.json", "data/releases.atom", "data/releases/SHA256SUMS"]
    found += [f"data/releases/opencapex-{version}.zip", f"data/releases/changes-{version}.csv", f"data/v{version}/datapackage.json"]
    found += [f"data/latest/{name}" for name in FILES]
    for table in tables:
        found += [f"data/latest/{table}.csv", f"data/latest/{table}.parquet", f"data/v{version}/{table}.csv"]
    return sorted(found)


def refuse_gone(root: Path, site: Path) -> None:
    """Raises InputError naming every address that a release published and that `site` lacks."""
    problems = [
        Problem(f"{FOLDER}/{path.name}", number, "", address, "was published and is no longer there",
                f"restore it, or say in docs/{address} where it went")
        for path in sorted((root / FOLDER).glob("addresses-*.txt"))
        for number, address in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if not (site / address).is_file()
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
