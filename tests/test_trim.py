"""What the trimmed style sheets keep."""

import pytest
from opencapex.trim import trim

SHEET = (
    '@charset "UTF-8";.used{color:red}.unused{color:red}.used,.unused{color:blue}.used .unused{a:b}a:not(.unused){c:d}'
    "@media print{.unused{a:b}}@media (x){.used{a:b}.unused{a:b}}.by-script{a:b}@keyframes k{0%{a:b}to{a:b}}"
    '.used:after{content:"}.unused{"}.used{mask:url(data:image/svg+xml;{x})}.used{mask:url("data:r(1) \'x")}[data-md-color-primary=red] .used{a:b}'
    "[data-md-color-primary=custom]{a:b}"
)
TRIMMED = (
    '@charset "UTF-8";.used{color:red}.used{color:blue}a:not(.unused){c:d}'
    "@media (x){.used{a:b}}.by-script{a:b}@keyframes k{0%{a:b}to{a:b}}"
    '.used:after{content:"}.unused{"}.used{mask:url(data:image/svg+xml;{x})}.used{mask:url("data:r(1) \'x")}[data-md-color-primary=custom]{a:b}'
)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "assets/stylesheets").mkdir(parents=True)
    (tmp_path / "assets/stylesheets/main.css").write_text(SHEET, encoding="utf-8")
    (tmp_path / "assets/theme.js").write_text('element.classList.add("by-script")', encoding="utf-8")
    (tmp_path / "index.html").write_text('<body data-md-color-primary="custom"><p class="md used">', encoding="utf-8")
    return tmp_path


def test_what_no_page_and_no_script_names_goes(site):
    trim(site)
    assert (site / "assets/stylesheets/main.css").read_text(encoding="utf-8") == TRIMMED
