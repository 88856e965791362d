"""The article that the project starts from: every number of it is in the package and on its page.

tests/article.csv lists the numbers in the order of the text (paragraph 1 is the first after the date line, headings
count), tests/article_left_out.csv the numerals that are no figures and why; the text itself is not ours to keep here.
"""

import csv
import re

import pytest
from conftest import ROOT

SOURCE = "yicai-2025-03-04-ai-infrastructure"


def rows(path):
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


NUMBERS = rows("tests/article.csv")
FIGURES = {row["figure_id"]: row for row in rows("datapackage/data/figures.csv") if row["source_id"] == SOURCE and not row["retired_on"]}
CLAIMS = {row["claim_id"]: row for row in rows("datapackage/data/claims.csv") if row["source_id"] == SOURCE}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{number['paragraph']}.{number['sentence']} {number['as_printed']}")
def test_number_is_in_the_package(number):
    row = (FIGURES | CLAIMS)[number["id"]]
    digits = re.findall(r"[0-9.]+", number["as_printed"])
    assert all(part in row["as_stated"] for part in digits), row["as_stated"]
    # A number printed twice is one row, whose locator is its first place.
    first = next(other for other in NUMBERS if other["id"] == number["id"])
    assert row["locator"].split("; ")[0] == f"paragraph {first['paragraph']}, sentence {first['sentence']}"


def test_nothing_else_is_said_to_be_in_the_article():
    listed = {number["id"] for number in NUMBERS}
    assert set(FIGURES) <= listed
    unlisted = set(CLAIMS) - listed
    tested = {CLAIMS[claim]["figure_id"] for claim in unlisted}
    originals = {FIGURES[number["id"]]["repeats"] for number in NUMBERS if number["id"] in FIGURES}
    assert tested <= set(FIGURES) | originals


def test_what_is_left_out_says_why():
    left_out = rows("tests/article_left_out.csv")
    assert left_out
    assert all(row["why"] for row in left_out)
    places = [(number["paragraph"], number["sentence"], number["as_printed"]) for number in NUMBERS]
    assert not [row for row in left_out if (row["paragraph"], row["sentence"], row["as_printed"]) in places]


def test_numbers_stand_in_the_order_of_the_text():
    places = [(int(number["paragraph"]), int(number["sentence"])) for number in NUMBERS]
    assert places == sorted(places)


@pytest.mark.parametrize("language", ["", "zh/"])
def test_every_number_is_on_the_page(made, language):
    page = (made / f"site/{language}articles/{SOURCE}/index.html").read_text(encoding="utf-8")
    for figure_id in FIGURES:
        assert f'id="{figure_id}"' in page, figure_id
    for claim_id in CLAIMS:
        assert f'id="{claim_id}-' in page, claim_id


def test_only_the_articles_with_words_of_ours_have_a_page(made):
    read = {path.stem for path in (ROOT / "build/pages/articles").glob("*.md")}
    assert {path.parent.name for path in (made / "site/articles").glob("*/index.html")} == read
