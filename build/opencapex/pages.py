"""Stages the site: real Markdown in English and Chinese, written from the built tables by build/pages/*.md.

A template is written once for both languages: `t(english, chinese)` picks, and every helper knows the language
of its page. Hand-written pages and assets are copied from docs/. MkDocs builds the staging folder.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import material
import yaml

from opencapex import browser, catalogue, templates
from opencapex.archives import FOLDER
from opencapex.lines import load_yaml, without_lines
from opencapex.pipeline import Package
from opencapex.problems import InputError, Problem, read_text
from opencapex.quality import Result
from opencapex.rows import Rows
from opencapex.templates import SECTIONS, Site

LANGUAGES = ("en", "zh")
# What is rendered for programs, once for both languages: place and template.
FILES = {"llms.txt": "llms.txt", "data/releases.atom": "releases.atom"}
# Where the query page finds DuckDB.
DUCKDB = "assets/duckdb"
# Pages that answer a question across entities, each from the template of its name.
ANALYSES = ("guidance", "totals", "commitments", "compute", "forecasts", "disputed")


def stage(root: Path, package: Package, results: list[Result], dist: Path, folder: Path, duckdb_files: Path | None = None) -> Path:
    """Writes every page of both languages, the data files and the MkDocs configuration; returns the configuration's path.

    `duckdb_files` is what the query page loads; without it the page says so and shows its queries to be asked elsewhere. Raises InputError when a template is broken.
    """
    settings = _settings(root)
    problems = _hand_written(root, [*settings["extra_css"], *(script["path"] for script in settings["extra_javascript"])])
    if problems:
        raise InputError(problems)
    pages = folder / "pages"
    shutil.copytree(root / "docs", pages)
    shutil.copytree(dist, pages / "data/latest", dirs_exist_ok=True)
    if (root / FOLDER).is_dir():
        shutil.copytree(root / FOLDER, pages / "data/releases", dirs_exist_ok=True)
    to_load = None
    if duckdb_files:
        shutil.copytree(duckdb_files, pages / DUCKDB)
        to_load = browser.megabytes(duckdb_files, dist / "opencapex.duckdb")
    published = json.loads((dist / "datapackage.json").read_text(encoding="utf-8"))
    catalogue.unpack_releases(root, pages / "data")
    tables = Rows(package.con)
    for language in LANGUAGES:
        site = Site(root, package, results, language, tables, published, to_load)
        environment = templates.environment(root, site)
        if language == "en":
            catalogue.write_json(pages / "data/index.json", catalogue.index(root, pages / "data", package.con))
            for path, template in FILES.items():
                (pages / path).write_text(templates.render(environment, template, {}), encoding="utf-8")
        (pages / f"assets/as-of{site.t('', '.zh')}.json").write_text(json.dumps(site.vintages(), ensure_ascii=False), encoding="utf-8")
        for path, template, values in _plan(site):
            target = pages / f"{path}.md" if language == "en" else pages / f"{path}.{language}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(templates.render(environment, template, values), encoding="utf-8")
    catalogue.refuse_gone(root, pages)
    return _configure(root, settings, folder, pages, catalogue.home(published, ""))


def _plan(site: Site) -> Iterable[tuple[str, str, dict]]:
    """Every generated page: its path, its template and what the template needs."""
    yield "index", "index.md", {}
    for page in ANALYSES:
        yield page, f"{page}.md", {}
    yield "claims", "claims.md", {}
    yield "quality", "quality.md", {"results": site.results}
    yield "limits", "limits.md", {}
    yield "as-of", "as-of.md", {}
    yield "explain", "explain.md", {}
    yield "coverage", "coverage.md", {}
    yield "download", "download.md", {}
    yield "report", "report.md", {}
    released = [table for table in site.package.tables.values() if table.released]
    yield "query", "query.md", {"tables": released}
    for row in site.articles():
        yield f"articles/{row['source_id']}", "article.md", {"source_id": row["source_id"]}
    yield "tables/index", "tables.md", {"tables": released}
    for table in released:
        yield f"tables/{table.name}", "table.md", {"table": table}
    for section in SECTIONS:
        entities = [entity_id for entity_id, page in site.pages_of.items() if page.startswith(f"{section}/")]
        yield f"{section}/index", "section.md", {"section": section, "entities": entities}
        for entity_id in entities:
            yield f"{section}/{entity_id}", "entity.md", {"entity_id": entity_id}


def _configure(root: Path, settings: dict, folder: Path, pages: Path, home: str) -> Path:
    settings["site_url"] = home  # empty where nobody knows it yet: no canonical addresses and no sitemap then
    settings["docs_dir"] = str(pages)
    settings["site_dir"] = str(folder / "site")
    settings["theme"]["custom_dir"] = str(root / "build/theme")
    settings["extra"]["bundle"] = next((Path(material.__file__).parent / "templates/assets/javascripts").glob("bundle.*.min.js")).name
    settings["nav"] = [
        {"Home": ["index.md"]},
        {"Companies": ["companies/index.md", "totals.md", "places/index.md"]},
        {"Guidance and forecasts": ["guidance.md", "forecasts.md"]},
        {"Promises": ["commitments.md", "programmes/index.md"]},
        {"Compute": ["compute.md", "facilities/index.md", "models/index.md"]},
        {"As of": ["as-of.md"]},
        {"Checks": ["disputed.md", "claims.md", "quality.md", "limits.md", "coverage.md"]},
        {"Data": ["tables/index.md", "query.md", "download.md", "methodology.md", "changelog.md"]},
    ]
    chinese = next(language for language in settings["plugins"]["i18n"]["languages"] if language["locale"] == "zh")
    chinese["nav_translations"] = {
        "Home": "首页",
        "Companies": "公司",
        "Guidance and forecasts": "指引与预测",
        "Promises": "承诺",
        "Compute": "算力",
        "As of": "某日所知",
        "Checks": "核验",
        "Data": "数据",
    }
    path = folder / "mkdocs.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _settings(root: Path) -> dict:
    """mkdocs.yml, with what the staging step relies on. Raises InputError."""
    settings = without_lines(load_yaml(read_text(root / "mkdocs.yml", "mkdocs.yml"), "mkdocs.yml"))
    try:
        locales = {language["locale"] for language in settings["plugins"]["i18n"]["languages"]}
        files = [*settings["extra_css"], *(script["path"] for script in settings["extra_javascript"])]
        whole = locales >= set(LANGUAGES) and all(
            isinstance(text, str) for text in [*files, settings["extra"]["policy"], settings["theme"]["name"]]
        )
    except (TypeError, KeyError):
        whole = False
    if not whole:
        raise InputError([Problem("mkdocs.yml", 0, "", "no theme, extra_css, extra_javascript, policy under extra, or languages en and zh under plugins: i18n:",
                                  "where the pages need them", "restore them")])  # fmt: skip
    return settings


def _hand_written(root: Path, assets: list[str]) -> list[Problem]:
    """What docs/ lacks: the folder itself, a page's other language, a style sheet or script."""
    docs = root / "docs"
    if not docs.is_dir():
        return [Problem("docs", 0, "", "no such folder", "where the hand-written pages should be", "restore it")]
    pages = {path.relative_to(root).as_posix() for path in docs.rglob("*.md")}
    others = {page: page.replace(".zh.md", ".md") if page.endswith(".zh.md") else page.replace(".md", ".zh.md") for page in pages}
    problems = [Problem(other, 0, "", "no such file", f"beside {page}", "write the page in both languages")
                for page, other in others.items() if other not in pages]  # fmt: skip
    missing = [path for path in assets if not (docs / path).is_file()]
    return problems + [Problem(f"docs/{path}", 0, "", "no such file", "which mkdocs.yml names", "restore it") for path in missing]
