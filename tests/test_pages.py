"""The staging step on the tiny package: what stops it is one line, and no text of the data becomes markup."""

import json
import re
import shutil
import string

import markdown
import pytest
import yaml
from conftest import ROOT, small_package
from opencapex import pages, pipeline, publish, site, templates
from opencapex.problems import InputError
from opencapex.rows import inert

HOSTILE = '<img src=x onerror=alert(1)> [x](javascript:alert(2)) `code` **bold** _slanted_ | {{ 7 * 7 }} {#id} </td> &lt;b&gt; "'


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The tiny package, built, and its published files."""
    root = small_package(tmp_path_factory.mktemp("tiny"))
    package = pipeline.build(root)
    (root / "dist").mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    return package, root / "dist"


@pytest.fixture
def project(tmp_path):
    """A project's pages and settings, to be spoilt."""
    (tmp_path / "build").mkdir()
    shutil.copytree(ROOT / "build/pages", tmp_path / "build/pages")
    shutil.copytree(ROOT / "build/checks", tmp_path / "build/checks")
    shutil.copytree(ROOT / "build/theme", tmp_path / "build/theme")
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def stage(project, tiny):
    package, dist = tiny
    work = project / "work"
    work.mkdir()
    pages.stage(project, package, [], dist, work)
    return work / "pages"


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def lines(path):
    return path.read_text(encoding="utf-8").count("\n")


# (what, how the project is spoilt, the line; {n} is the number of lines that the template had)
CASES = [
    ("broken tag", lambda p: append(p / "build/pages/claims.md", "{% if %}\n"), "build/pages/claims.md:{n}: Expected an expression"),
    ("undefined name", lambda p: append(p / "build/pages/claims.md", "{{ nothing.at_all }}\n"), "build/pages/claims.md:{n}: 'nothing' is undefined"),
    ("type error", lambda p: append(p / "build/pages/claims.md", "{{ 1 + 'x' }}\n"), "build/pages/claims.md:{n}: unsupported operand"),
    ("broken query", lambda p: append(p / "build/pages/claims.md", "{{ site.rows('from nowhere') }}\n"), "build/pages/claims.md:{n}: Catalog Error"),
    ("missing template", lambda p: (p / "build/pages/quality.md").unlink(), "build/pages/quality.md: "),
    ("missing include", lambda p: (p / "build/pages/foot.md").unlink(), "build/pages/"),
    ("template not UTF-8", lambda p: (p / "build/pages/quality.md").write_bytes(b"\xff"), "build/pages/quality.md: "),
    ("no docs", lambda p: shutil.rmtree(p / "docs"), "docs: no such folder where the hand-written pages should be"),
    ("page in one language", lambda p: (p / "docs/methodology.zh.md").unlink(), "docs/methodology.zh.md: no such file beside docs/methodology.md"),
    ("no style sheet", lambda p: (p / "docs/assets/opencapex.css").unlink(), "docs/assets/opencapex.css: no such file which mkdocs.yml names"),
    ("no settings", lambda p: (p / "mkdocs.yml").unlink(), "mkdocs.yml: No such file or directory where a readable file should be"),
    ("broken settings", lambda p: (p / "mkdocs.yml").write_text("a: [\n"), "mkdocs.yml:2: "),
    ("settings without a theme", lambda p: (p / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("theme:", "themes:", 1), encoding="utf-8"),
     "mkdocs.yml: no theme, extra_css"),
    ("settings without languages", lambda p: (p / "mkdocs.yml").write_text("plugins: {search: {}}\n"), "mkdocs.yml: no theme, extra_css, extra_javascript, policy"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "says"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_what_stops_the_pages_is_one_line(spoil, says, project, tiny):
    number = lines(project / "build/pages/claims.md") + 1
    spoil(project)
    with pytest.raises(InputError) as raised:
        stage(project, tiny)
    assert [str(problem) for problem in raised.value.problems if str(problem).startswith(says.format(n=number))], raised.value.problems


def test_no_text_of_the_data_becomes_markup(project, tmp_path_factory):
    """Every free text of the tiny package is replaced by one that tries everything at once."""
    root = small_package(tmp_path_factory.mktemp("hostile"))
    package = pipeline.build(root)
    for table in package.tables.values():
        for column in table.fields if table.path else ():
            free = column.type == "string" and not (column.categories or column.pattern or column.format or "_id" in column.name)
            if free and column.name not in ("unit", "area", "base", "flag", "currency", "ticker"):
                package.con.execute(f'update {table.name} set "{column.name}" = $text where "{column.name}" is not null', {"text": HOSTILE})
    (root / "dist").mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    extensions = [name if isinstance(name, str) else next(iter(name)) for name in settings["markdown_extensions"]]
    seen = 0
    for page in sorted(stage(project, (package, root / "dist")).rglob("*.md")):
        html = markdown.markdown(page.read_text(encoding="utf-8"), extensions=extensions)
        seen += html.count("onerror")
        assert "<img" not in html and not re.search(r'href="\s*javascript', html, re.IGNORECASE), page
        assert "<strong>bold" not in html and "<em>slanted" not in html and "<code>code</code>" not in html and 'id="id"' not in html, page
        for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
            widths = {row.count("<td") + row.count("<th") - row.count("<thead") for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)}
            assert len(widths) == 1, (page, widths)
    assert seen > 20


@pytest.mark.parametrize("text", ["capex_cash_net", "2025-02-24", "figures:F00001 fx_rates:2025-02-24/CNY", "中国移动", "a-b/c+d"])
def test_plain_texts_stay_as_they_are(text):
    assert inert(text) == text


def test_every_mark_of_markdown_is_inert():
    marks = set('\\`*[]{}|<>&"')
    assert all(mark not in re.sub(r"&#\d+;", "", inert(f"x{mark}y")) for mark in marks)
    assert inert("_a_ b_c") == "&#95;a&#95; b_c"
    assert set(string.ascii_letters) == set(inert(string.ascii_letters))


def test_full_width_marks_hold_their_own_space(project, tiny):
    pages_zh = [page.read_text(encoding="utf-8") for page in stage(project, tiny).rglob("*.zh.md")]
    assert len(pages_zh) > 20 and any("。" in page for page in pages_zh)
    assert [
        found[0] for page in pages_zh for found in re.finditer(r".{9}(?:[。；：，] +[\u4e00-\u9fff\[“「]|\S +[。；：，]).{9}", page)
    ] == []


def test_a_list_keeps_its_items_apart():
    assert (
        templates.SPACED.sub("", "1. 编号，\n约 33 倍。\n2. 页面。\n12. 内存。\n2025 年。")
        == "1. 编号，约 33 倍。\n2. 页面。\n12. 内存。2025 年。"
    )


def test_a_known_homepage_gives_canonical_addresses_and_a_sitemap(project, tiny):
    package, dist = tiny
    known = project / "dist"
    shutil.copytree(dist, known)
    descriptor = json.loads((known / "datapackage.json").read_text(encoding="utf-8"))
    (known / "datapackage.json").write_text(json.dumps(descriptor | {"homepage": "https://data.example/capex"}), encoding="utf-8")
    work = project / "work"
    work.mkdir()
    site._mkdocs(pages.stage(project, package, [], known, work), 1767225600)
    page = (work / "site/zh/claims/index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://data.example/capex/zh/claims/">' in page
    addresses = (work / "site/sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://data.example/capex/claims/</loc>" in addresses and 'hreflang="zh"' in addresses
    assert "<lastmod>2026-01-01</lastmod>" in addresses and "None" not in addresses
