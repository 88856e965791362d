"""Numbers, bounds and periods as readers of either language expect them."""

from datetime import date
from decimal import Decimal

import pytest
from opencapex import words

USD = {"measure": "money", "symbol": "USD", "symbol_zh": "美元"}
CNY = {"measure": "money", "symbol": "RMB", "symbol_zh": "元"}
EFLOPS = {"measure": "compute", "symbol": "EFLOPS", "symbol_zh": "EFLOPS"}
CARDS = {"measure": "count", "symbol": "accelerators", "symbol_zh": "张卡"}
PERCENT = {"measure": "ratio", "symbol": "%", "symbol_zh": "%"}
TIMES = {"measure": "ratio", "symbol": "times", "symbol_zh": "倍"}
WATT = {"measure": "power", "symbol": "W", "symbol_zh": "瓦"}


@pytest.mark.parametrize(
    ("lower", "upper", "qualifier", "unit", "english", "chinese"),
    [
        ("52413447726", "52413447726", "exact", USD, "USD 52.4bn", "524亿美元"),
        ("380000000000", None, "at_least", CNY, "≥ RMB 380bn", "至少 3800亿元"),
        ("320000000000", None, "over", USD, "> USD 320bn", "超 3200亿美元"),
        (None, "65000000000", "up_to", USD, "≤ USD 65bn", "至多 650亿美元"),
        ("80000000000", "80000000000", "about", USD, "≈ USD 80bn", "约 800亿美元"),
        ("60000000000", "65000000000", "range", USD, "USD 60–65bn", "600–650亿美元"),
        ("1040000000000", "1040000000000", "exact", USD, "USD 1.04tn", "1.04万亿美元"),
        ("999960000000", "999960000000", "exact", USD, "USD 1.00tn", "1.00万亿美元"),
        ("85972000000", "85972000000", "exact", CNY, "RMB 86.0bn", "860亿元"),
        ("-31", "-31", "exact", PERCENT, "−31%", "−31%"),
        ("5576000", "5576000", "exact", USD, "USD 5.58m", "558万美元"),
        ("31742000000", "31742000000", "exact", CNY, "RMB 31.7bn", "317亿元"),
        ("-18815000000", "-18815000000", "exact", CNY, "RMB −18.8bn", "−188亿元"),
        ("30", "30", "nearly", EFLOPS, "nearly 30 EFLOPS", "近 30 EFLOPS"),
        ("725.3", "725.3", "exact", EFLOPS, "725.3 EFLOPS", "725.3 EFLOPS"),
        ("1037.3", "1037.3", "exact", EFLOPS, "1,037.3 EFLOPS", "1,037.3 EFLOPS"),
        ("18000", "18000", "exact", CARDS, "18,000 accelerators", "18,000 张卡"),
        ("1", "1", "exact", CARDS, "1 accelerator", "1 张卡"),
        ("132895.40171", "132895.40171", "exact", CARDS, "132,895 accelerators", "132,895 张卡"),
        ("40", None, "over", PERCENT, "> 40%", "超 40%"),
        ("12", "12", "nearly", TIMES, "nearly 12 times", "近 12 倍"),
        ("425380000", "425380000", "about", WATT, "≈ 425 MW", "约 425 MW"),
        (None, None, "not_quantified", USD, "", ""),
    ],
)
def test_quantity(lower, upper, qualifier, unit, english, chinese):
    bounds = [None if bound is None else Decimal(bound) for bound in (lower, upper)]
    assert words.quantity(*bounds, qualifier, unit, "en") == english
    assert words.quantity(*bounds, qualifier, unit, "zh") == chinese


@pytest.mark.parametrize(
    ("start", "end", "label", "english", "chinese"),
    [
        ("2025-01-01", "2025-12-31", "2025", "2025", "2025年"),
        ("2024-07-01", "2025-06-30", "FY2025", "FY2025 (to 30 Jun 2025)", "2025财年（截至2025年6月30日）"),
        ("2024-06-01", "2025-05-31", "fiscal year 2025", "FY2025 (to 31 May 2025)", "2025财年（截至2025年5月31日）"),
        ("2024-06-01", "2025-05-31", "本年度", "year (to 31 May 2025)", "年度（截至2025年5月31日）"),
        ("2024-10-01", "2024-12-31", "FY2025 Q3", "Oct–Dec 2024 (FY2025 Q3)", "2024年10–12月（FY2025 Q3）"),
        ("2024-10-01", "2024-12-31", "四季度", "Oct–Dec 2024", "2024年10–12月"),
        ("2024-12-31", "2024-12-31", "2024", "end of 2024", "2024年末"),
        ("2024-11-30", "2024-11-30", None, "end of Nov 2024", "2024年11月末"),
        ("2024-08-15", "2024-08-15", None, "15 Aug 2024", "2024年8月15日"),
        ("2024-08-01", "2024-08-31", None, "Aug 2024", "2024年8月"),
        ("2025-02-24", "2028-02-23", "未来三年", "24 Feb 2025 – 23 Feb 2028", "2025年2月24日至2028年2月23日"),
        (None, None, None, "no date given", "未注明日期"),
    ],
)
def test_period(start, end, label, english, chinese):
    days = [None if value is None else date.fromisoformat(value) for value in (start, end)]
    assert words.period(*days, label, "en") == english
    assert words.period(*days, label, "zh") == chinese


def test_short_period():
    assert words.short_period(date(2025, 1, 1), date(2025, 12, 31), "en") == "2025"
    assert words.short_period(date(2024, 4, 1), date(2025, 3, 31), "en") == "FY2025"
    assert words.short_period(date(2024, 4, 1), date(2025, 3, 31), "zh") == "2025财年"
    assert words.short_period(date(2024, 12, 31), date(2024, 12, 31), "zh") == "2024年末"


def test_growth():
    assert words.percent(Decimal("42.7620")) == "+42.8%"
    assert words.percent(Decimal("-31.0")) == "−31.0%"
    assert words.percent_interval(Decimal("52.9"), Decimal("65.7")) == "+52.9%\u00a0… +65.7%"
    assert words.percent_interval(Decimal("50"), None) == "≥ +50.0%"
    assert words.percent_interval(None, None) == ""


def test_stated_day():
    said = date(2025, 2, 28)
    assert words.stated_day(said, "day", "en") == "28 Feb 2025"
    assert words.stated_day(said, "month", "en") == "Feb 2025"
    assert words.stated_day(said, "quarter", "zh") == "2025年第1季度"
    assert words.stated_day(said, "no_later_than", "zh") == "不晚于2025年2月28日"


def test_the_unit_of_a_chart():
    assert words.chart_unit(Decimal(126063000000), CNY, "en") == (9, "RMB bn")
    assert words.chart_unit(Decimal(126063000000), CNY, "zh") == (8, "亿元")
    assert words.chart_unit(Decimal(2500000000), WATT, "zh") == (9, "GW")
    assert words.chart_unit(Decimal(725), EFLOPS, "en") == (0, "EFLOPS")
    assert words.in_chart(Decimal(195000000000), Decimal(205000000000), "about_range", 9, "en") == "≈ 195–205"
    assert words.in_chart(None, Decimal(95000000000), "up_to", 8, "zh") == "至多 950"
    assert words.in_chart(None, None, "not_quantified", 9, "en") == ""


def test_by_how_much_an_amount_moved():
    assert words.change(Decimal(10000000000), USD, "en") == "+USD 10bn"
    assert words.change(Decimal(-1000000000), CNY, "zh") == "−10亿元"
    assert words.change(Decimal(0), USD, "en") == "unchanged" and words.change(None, USD, "en") == ""
