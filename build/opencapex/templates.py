"""What the templates in build/pages can ask for: `site`, in the language of their page, `t(english, chinese)` and the charts as `draw`."""

import json
import re
import traceback
import uuid
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import duckdb
import jinja2
from markupsafe import Markup

from opencapex import catalogue, words
from opencapex.archives import Archive, archives
from opencapex.drawings import Drawings
from opencapex.pipeline import Package
from opencapex.problems import InputError, Problem
from opencapex.publish import VIEWS
from opencapex.quality import Result
from opencapex.rows import Rows, inert
from opencapex.rules import Rule, load_rules

# Questions that teach the tables; each file opens with its title and, after zh:, its title in Chinese, as the views do.
QUERIES = "build/queries"
# Under which heading of the site an entity has its page.
SECTIONS = {
    "companies": ("company", "segment", "lab"),
    "facilities": ("facility",),
    "programmes": ("programme", "contract", "venture"),
    "places": ("country", "region", "world", "group"),
    "models": ("model",),
}
# A full-width mark holds its own space: none follows it before a word, a link or a quotation, and none precedes it.
SPACED = re.compile(
    r"(?<=[。，；：、！？])(?: +(?=[\u4e00-\u9fff“「（\[`0-9A-Za-z])|\n(?=[\u4e00-\u9fff\[]|[0-9](?![0-9]*\. )))|(?<=\S) +(?=[。，；：、！？）])"
)
# What a template can fail with: its own mistakes, its queries', its files', and those of an expression in it.
TEMPLATE_ERRORS = (jinja2.TemplateError, duckdb.Error, OSError, UnicodeError, LookupError, TypeError, ValueError, AttributeError,
                   ArithmeticError)  # fmt: skip


class Site:
    """The built tables as the templates ask for them, one language at a time."""

    def __init__(
        self, root: Path, package: Package, results: list[Result], language: str, tables: Rows, published: dict, to_load: str | None
    ):
        self.root, self.package, self.results, self.language = root, package, results, language
        self.tables, self.published, self.to_load = tables, published, to_load
        self.units = {row["unit"]: row for row in self.rows("from units")}
        self.money = {unit for unit, row in self.units.items() if row["measure"] == "money"}
        self.flags = {row["flag"]: (row[f"short_{language}"], row[f"text_{language}"]) for row in self.rows("from flags")}
        self.pages_of = self._pages_of()
        self.home_of = {row["figure_id"]: row["entity_id"] for row in self.rows("select figure_id, entity_id from figures")}

    def rows(self, query: str, *parameters: object) -> list[dict]:
        """The rows of a query as dictionaries."""
        return self.tables.all(query, *parameters)

    def rows_of(self, entity_id: str, query: str) -> list[dict]:
        """Those rows of a query over all entities that are about one."""
        return self.tables.of(entity_id, query)

    def measured(self, name: str) -> list[dict]:
        """What a command last measured and wrote to build/measured; nothing where it has not run."""
        path = self.root / f"build/measured/{name}.csv"
        return self.rows("from read_csv(?, header = true)", str(path)) if path.exists() else []

    def t(self, english: str, chinese: str) -> str:
        return english if self.language == "en" else chinese

    def count(self, number: int, one: str, many: str, chinese: str) -> str:
        """So many things: 1 figure, 2,614 figures; 2,614 个数字."""
        return f"{number:,} {self.t(one if number == 1 else many, chinese)}"

    def label(self, table: str, column: str, value: str | None) -> str:
        """What an enum value is called in the page's language."""
        categories = self.package.tables[table].field(column).categories
        match = next((c for c in categories if c.value == value), None)
        return inert(self.t(match.label, match.label_zh)) if match else ""

    def figure(self, row: dict) -> str:
        """A stated figure as text, in its own unit; words where there is no number."""
        text = words.quantity(row["lower"], row["upper"], row["qualifier"], self.units[row["unit"]], self.language)
        return inert(text) or Markup("“{}”").format(row["as_stated"])

    def converted(self, row: dict, currency: str) -> str:
        """The figure in dollars or yuan, bounds kept; empty where it is in that currency already or has no rate."""
        lower, upper = row[f"lower_{currency.lower()}"], row[f"upper_{currency.lower()}"]
        if row["unit"] == currency or (lower is None and upper is None):
            return ""
        return inert(words.quantity(lower, upper, row["qualifier"], self.units[currency], self.language))

    def full(self, row: dict) -> str:
        """A stated figure with every digit, its unit left to the column's header; words where there is no number."""
        text = words.full(row["lower"], row["upper"], row["qualifier"], self.language)
        return inert(text) or Markup("“{}”").format(row["as_stated"])

    def full_converted(self, row: dict, currency: str) -> str:
        """The figure in dollars or yuan with every digit; empty where it has no rate."""
        return inert(words.full(row[f"lower_{currency.lower()}"], row[f"upper_{currency.lower()}"], row["qualifier"], self.language))

    def unit_name(self, unit: str) -> str:
        """The unit as a column's header has it."""
        return self.t(self.units[unit]["symbol"], self.units[unit]["symbol_zh"])

    def rate(self, row: dict) -> str:
        """How an amount was converted, in running text: at the rate of a day, or at the mean of a period."""
        return self.t(f"at the {self.rate_name(row)}", f"按{self.rate_name(row)}")

    def rate_note(self, row: dict) -> str:
        """The rate by which an amount was converted, where it is another than the mean of its own period."""
        same = row["amount_method"] == "period_mean" and (row["rate_start"], row["rate_end"]) == (row["period_start"], row["period_end"])
        return "" if same or row["amount_method"] is None else self.rate_name(row)

    def rate_name(self, row: dict) -> str:
        """The rate by which an amount was converted."""
        if row["amount_method"] == "spot":
            day = words.day(row["rate_start"], self.language)
            return self.t(f"rate of {day}", f"{day}汇率")
        if (row["rate_start"], row["rate_end"]) == (row["period_start"], row["period_end"]):
            return self.t("mean rate of the period", "该期间平均汇率")
        span = words.period(row["rate_start"], row["rate_end"], None, self.language)
        return self.t(f"mean rate of {span}", f"{span}平均汇率")

    def flag_marks(self, flags: str | None) -> str:
        """The flags of a row as marks that explain themselves on hover and focus."""
        marks = [self.flags[flag] for flag in (flags or "").split()]
        return " ".join(f'<span class="oc-flag" tabindex="0" data-text="{text}">{short}</span>' for short, text in marks)

    def entity(self, entity_id: str, name: str, depth: str = "../") -> str:
        """A link to the page of an entity, or its name where it has none."""
        return f"[{name}]({depth}{self.pages_of[entity_id]}.md)" if entity_id in self.pages_of else name

    def publisher(self, name: str) -> str:
        """A publisher's name; what stands beside a Chinese one in brackets has full-width ones on a Chinese page."""
        return name if self.language == "en" else re.sub(r"(?<=[\u4e00-\u9fff]) \(([^()]*)\)", r"（\1）", name)

    def source(self, row: dict) -> str:
        """The publisher as a link to the document, and the copy that was read beside it."""
        publisher, url, seen_url = self.publisher(row["publisher"]), _address(row["url"]), _address(row["seen_url"])
        document = f"[{publisher}]({url or seen_url})" if url or seen_url else publisher
        return document + self.t(f" ([copy read]({seen_url}))", f"（[所阅副本]({seen_url})）") if url and seen_url else document

    def source_link(self, row: dict) -> str:
        """The same as HTML, for a long table that Markdown leaves alone."""
        publisher, url, seen_url = self.publisher(row["publisher"]), row["url"], row["seen_url"]
        document = f'<a href="{url or seen_url}">{publisher}</a>' if url or seen_url else publisher
        copy = self.t(f' (<a href="{seen_url}">copy</a>)', f'（<a href="{seen_url}">副本</a>）')
        return document + copy if url and seen_url else document

    def period(self, row: dict) -> str:
        return words.period(row["period_start"], row["period_end"], row.get("period_label"), self.language)

    def short_period(self, row: dict) -> str:
        return words.short_period(row["period_start"], row["period_end"], self.language)

    def year_label(self, end: date) -> str:
        return words.year_label(end, self.language)

    def quarter_label(self, end: date, is_first: bool) -> str:
        """Under the columns of quarters: the year beneath its first quarter, and beneath the first column where there is room."""
        return str(end.year) if end.month <= 3 or (is_first and end.month <= 6) else ""

    def day_of_year(self, month_day: str) -> str:
        """31 Mar of 03-31."""
        month, day = map(int, month_day.split("-"))
        return self.t(f"{day} {words.MONTHS[month - 1]}", f"{month}月{day}日")

    def legend(self, rows: list[dict]) -> str:
        """What the marks of a chart of these rows mean."""
        parts = [self.t("Solid: reported", "实心为实际")]
        if not all(row["is_reported"] for row in rows):
            parts.append(self.t("hatched: guided", "斜线为指引"))
        if any(row["is_break"] for row in rows):
            parts.append(self.t("dashed line: the definition changes", "虚线处口径变更"))
        if any(row["lower"] is None and row["upper"] is None for row in rows):
            parts.append(self.t("gap: not held", "空缺为未收录"))
        return self.t("; ", "；").join(parts) + self.t(".", "。")

    def money_text(self, amount: Decimal | None, unit: str) -> str:
        """An exact amount in running text; empty where there is none."""
        return "" if amount is None else words.quantity(amount, amount, "exact", self.units[unit], self.language)

    def range_text(self, lower: Decimal | None, upper: Decimal | None, unit: str) -> str:
        """A computed sum with its bounds, in running text."""
        qualifier = "at_least" if upper is None else "up_to" if lower is None else "exact"
        return words.quantity(lower, upper, qualifier, self.units[unit], self.language)

    def percent(self, value: Decimal | None) -> str:
        """A change or an error with its sign and one decimal."""
        return words.percent(value)

    def share(self, value: Decimal | None) -> str:
        """A share without a sign: 46.3%."""
        return "" if value is None else words.percent(value).lstrip("+")

    def yearly(self, row: dict) -> str:
        """A promise spread over its years, its bound kept."""
        return inert(words.quantity(row["per_year"], None, row["qualifier"], self.units[row["unit"]], self.language))

    def rounded(self, value) -> str:
        """A computed multiple with one decimal."""
        return f"{value:,.1f}"

    def revision(self, row: dict) -> str:
        """By how much the bounds moved from the statement before; once where both moved alike."""
        moved = [words.change(value, self.units[row["unit"]], self.language) for value in (row["lower_revision"], row["upper_revision"])]
        return "\u00a0… ".join(dict.fromkeys(text for text in moved if text))

    def grouped(self, column: str, rows: list[dict]) -> dict[str, list[dict]]:
        """The rows by what stands in a column, in the order in which it is met."""
        found: dict[str, list[dict]] = {}
        for row in rows:
            found.setdefault(row[column], []).append(row)
        return found

    def anchor(self, entity_id: str, figure_id: str, here: str) -> str:
        """The address of a figure's row from the page of another entity."""
        if entity_id == here or entity_id not in self.pages_of:
            return f"#{figure_id}"
        return f"../../{self.pages_of[entity_id]}/#{figure_id}"

    def link(self, entity_id: str, name: str) -> str:
        """A link to the page of an entity from that of another, as HTML; its name where it has none."""
        return Markup('<a href="../../{}/">{}</a>').format(self.pages_of[entity_id], name) if entity_id in self.pages_of else name

    def said_on(self, row: dict) -> str:
        return words.stated_day(row["stated_on"], row["stated_precision"], self.language)

    def day(self, value) -> str:
        return words.day(value, self.language)

    def growth_text(self, row: dict) -> str:
        """Growth as a value or as an interval."""
        return words.percent_interval(row["lower_percent"], row["upper_percent"])

    def quantity(self, lower: Decimal | None, upper: Decimal | None, unit: str) -> str:
        """A computed amount in running text; an open side is said."""
        qualifier = "at_least" if upper is None else "up_to" if lower is None else "exact"
        return inert(words.quantity(lower, upper, qualifier, self.units[unit], self.language))

    def stated(self, row: dict) -> str:
        """What a claim states, with its bounds."""
        if row["lower"] is None and row["upper"] is None:
            return self.t("in words", "仅有文字")
        return inert(words.quantity(row["lower"], row["upper"], row["qualifier"], self.units[row["unit"]], self.language))

    def recomputed(self, row: dict) -> str:
        """What the terms of a claim give."""
        lower, upper = row["recomputed_lower"], row["recomputed_upper"]
        if row["unit"] is None or (lower is None and upper is None):
            return ""
        qualifier = "at_least" if upper is None else "up_to" if lower is None else "exact"
        short = [None if value is None else round(value, 2) for value in (lower, upper)]
        return inert(words.quantity(*short, qualifier, self.units[row["unit"]], self.language))

    def explained(self, table: str, key: str, text: str, depth: str = "") -> Markup:
        """A derived number as a link to what it rests on; `key` is its primary key, the parts joined by slashes."""
        return Markup('<a class="oc-explain" href="{}explain/#{}:{}">{}</a>').format(depth + "../", table, key, text)

    def first_source(self, row: dict) -> str:
        """Where an article's figure was first said: the document, and the figure's row."""
        original = {"publisher": row["first_publisher"], "url": row["first_url"], "seen_url": row["first_seen_url"]}
        place = f"../{self.pages_of[row['first_entity_id']]}.md#{row['first_id']}" if row["first_entity_id"] in self.pages_of else ""
        return (
            self.source(original)
            + self.t(", ", "，")
            + self.place(row["first_locator"])
            + (f" · [{row['first_id']}]({place})" if place else "")
        )

    def place(self, locator: str) -> str:
        """A locator, its paragraphs, sentences and pages named in the page's language."""
        if self.language == "zh":
            locator = re.sub(r"paragraph (\d+), sentence (\d+)", r"第 \1 段第 \2 句", locator)
            locator = re.sub(r"paragraph (\d+)", r"第 \1 段", re.sub(r"page (\d+)", r"第 \1 页", locator))
            locator = locator.replace("; again ", "；又见")
        return locator

    def differences(self, differs_in: str) -> str:
        """What a report changed, or what sets two numbers apart, as words."""
        words_zh = {
            "entity": "主体",
            "metric": "口径",
            "period": "期间",
            "status": "性质",
            "unit": "单位",
            "qualifier": "限定",
            "bounds": "数值",
            "definition": "口径",
            "speaker": "陈述者",
            "restated": "重述前的数",
            "rounding": "取整",
            "value": "数值",
        }
        words_en = {"metric": "definition", "bounds": "value", "restated": "printed before a restatement"}
        names = [self.t(words_en.get(word, word), words_zh[word]) for word in differs_in.split()]
        return self.t(", ", "、").join(names)

    def input_links(self, inputs: str, depth: str = "") -> str:
        """The figures of an input list, each a link to its row on the page of its entity."""
        keys = dict.fromkeys(re.findall(r"\b(?:figures|figures_current|vintages):(F\d+)", inputs))
        return " ".join(self.figure_link(key, depth) for key in keys)

    def figure_link(self, figure_id: str, depth: str = "") -> str:
        """A figure's id as a link to its row on the page of its entity."""
        home = self.pages_of.get(self.home_of[figure_id])
        return f"[{figure_id}]({depth}{home}.md#{figure_id})" if home else figure_id

    def example(self, value: object) -> str:
        """One value of a column as it stands in the CSV, cut when long."""
        text = words.plain(value).replace(",", "") if isinstance(value, Decimal) else unescape(str(value))
        text = text.lower() if isinstance(value, bool) else text
        return inert(text if len(text) <= 40 else text[:39] + "…")

    def json_ld(self, to_root: str, table: str | None = None) -> Markup:
        """schema.org of the dataset, or of a table, for the programs that read the page."""
        about = catalogue.json_ld(self.published, to_root + self.t("", "../"), table)
        text = json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")  # so that no text of it can end the script
        return Markup(f'<script type="application/ld+json">{text}</script>')

    def home(self, otherwise: str) -> str:
        """The site's address where the descriptor states it."""
        return catalogue.home(self.published, otherwise)

    def urn(self, name: str) -> str:
        """An identifier that stays the same wherever the site stands."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.published['name']}/{name}").urn

    def notable(self, version: str) -> str:
        """What the changelog says of a release."""
        changelog = (self.root / "docs/changelog.md").read_text(encoding="utf-8")
        section = re.search(rf"^## {re.escape(version)}$(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
        return section[1].strip() if section else ""

    def vintages(self) -> dict:
        """Every vintage as the as-of page shows it: columns, rows, and the names and pages of the entities in them."""
        found = self.rows("""
            select statements.*, vintages.known_from, vintages.known_until
            from vintages
            join statements using (figure_id)
            order by entity_en, statements.status in ('actual', 'estimate'), metric_en, statements.period_end desc nulls first, known_from
        """)
        return {
            "columns": ["from", "until", "entity", "metric", "period", "end", "status", "guided", "figure", "said", "id"],
            "rows": [
                [str(row["known_from"]), str(row["known_until"] or ""), row["entity_id"], unescape(self.t(row["metric_en"], row["metric_zh"])),
                 unescape(self.period(row)), str(row["period_end"] or ""), unescape(self.label("figures", "status", row["status"])),
                 row["family"] == "capex" and row["status"] == "guidance", unescape(self.figure(row)), self.said_on(row), row["figure_id"]]
                for row in found
            ],
            "names": {row["entity_id"]: unescape(self.t(row["entity_en"], row["entity_zh"])) for row in found},
            "pages": self.pages_of,
        }  # fmt: skip

    def articles(self) -> list[dict]:
        """The sources that are taken apart number by number: those with words of ours in build/pages/articles."""
        names = sorted(path.stem for path in (self.root / "build/pages/articles").glob("*.md"))
        return [row for name in names for row in self.rows("from sources where source_id = ?", name)]

    def frozen_releases(self) -> list[Archive]:
        return list(reversed(archives(self.root)))

    def rule_messages(self) -> list[Rule]:
        return load_rules(self.root)

    def queries(self) -> list[tuple[str, str]]:
        """(title, SQL) of each worked query, both in the page's language."""
        told = titled(self.root / QUERIES)
        return [(self.t(title, title_zh), self.t(sql, re.sub(r"_en\b", "_zh", sql))) for _, title, title_zh, sql in told]

    def views(self) -> list[tuple[str, str]]:
        """(name, what it shows) of what the .duckdb offers beside the tables."""
        return [(name, inert(self.t(title, title_zh))) for name, title, title_zh, _ in titled(self.root / VIEWS)]

    def section_of(self, entity_kind: str) -> str | None:
        return next((section for section, kinds in SECTIONS.items() if entity_kind in kinds), None)

    def _pages_of(self) -> dict[str, str]:
        held = self.rows("select distinct entity_id, entity_kind from entities join figures using (entity_id) order by entity_id")
        sections = {row["entity_id"]: self.section_of(row["entity_kind"]) for row in held}
        return {entity_id: f"{section}/{entity_id}" for entity_id, section in sections.items() if section}


def environment(root: Path, site: Site) -> jinja2.Environment:
    """One for each language, because an imported macro keeps the globals that it was first rendered with."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / "build/pages"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(site=site, t=site.t, draw=Drawings(site.units, site.language))
    made.filters.update(inert=inert, combine=lambda row, **more: row | more)
    return made


def render(environment: jinja2.Environment, template: str, values: dict) -> str:
    """The page. Raises InputError naming the template and the line that failed."""
    try:
        text = environment.get_template(template).render(values)
        return text if environment.globals["site"].language == "en" else SPACED.sub("", text)
    except TEMPLATE_ERRORS as error:
        folder = environment.loader.searchpath[0]
        places = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
        name, line = (Path(places[-1].filename).name, places[-1].lineno or 0) if places else (template, 0)
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or template, error.lineno
        said = str(error).split("\n")[0] or type(error).__name__
        raise InputError([Problem(f"build/pages/{name}", line, "", said, "is what stops the template", "mend the template")]) from None


def titled(folder: Path) -> list[tuple[str, str, str, str]]:
    """(name, title, title in Chinese, SQL) of each file of a folder, whose first two lines are comments."""
    told = []
    for path in sorted(folder.glob("*.sql")):
        title, title_zh, sql = path.read_text(encoding="utf-8").split("\n", 2)
        told.append((path.stem, title.removeprefix("-- "), title_zh.removeprefix("-- zh: "), sql.strip()))
    return told


def _address(url: str | None) -> str:
    """An address that cannot end the link it stands in."""
    return (url or "").replace("(", "%28").replace(")", "%29")
