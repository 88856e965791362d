"""How numbers, bounds, periods and days are written in English and in Chinese (docs/methodology tells readers why).

Three significant figures, the original currency first, bounds never dropped.
"""

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SCALES = {
    "en": [(12, "tn"), (9, "bn"), (6, "m")],
    "zh": [(12, "万亿"), (8, "亿"), (4, "万")],
}
POWER_SCALES = [(12, "T"), (9, "G"), (6, "M"), (3, "k")]
MARKS = {
    "en": {"about": "≈ {}", "nearly": "nearly {}", "over": "> {}", "at_least": "≥ {}", "up_to": "≤ {}", "under": "< {}", "about_range": "≈ {}"},
    "zh": {"about": "约 {}", "nearly": "近 {}", "over": "超 {}", "at_least": "至少 {}", "up_to": "至多 {}", "under": "不足 {}", "about_range": "约 {}"},
}  # fmt: skip


def significant(value: Decimal, digits: int = 3) -> Decimal:
    """The value at so many significant figures, half up."""
    if not value:
        return Decimal(0)
    last = value.adjusted() - digits + 1
    rounded = value.quantize(Decimal(1).scaleb(last), ROUND_HALF_UP)
    return rounded.quantize(Decimal(1).scaleb(last + 1)) if rounded.adjusted() > value.adjusted() else rounded


def plain(value: Decimal) -> str:
    """A number with thousands separators, a true minus and no needless zeros."""
    text = f"{value:,f}".replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(value: Decimal) -> str:
    """Three significant figures; the zeros of a rounded number stay, those of an exact one go: 86.0 of 85.97, 75 of 75."""
    rounded = significant(value)
    return plain(value) if rounded == value else f"{rounded:,f}".replace("-", "−")


def _whole(value: Decimal) -> Decimal:
    """A count in the thousands without its fraction: an estimate of 132,895.40171 chips."""
    return value.quantize(Decimal(1), ROUND_HALF_UP) if abs(value) >= 1000 else value


def quantity(lower: Decimal | None, upper: Decimal | None, qualifier: str, unit: dict, language: str) -> str:
    """A stated figure in running text: `≥ RMB 380bn`, `USD 60–65bn`, `6.9 EFLOPS`, `超 3200亿美元`.

    `unit` is a row of the units table. Empty bounds with a qualifier of words only give an empty text.
    """
    bounds = list(dict.fromkeys(bound for bound in (lower, upper) if bound is not None))
    if not bounds:
        return ""
    power, suffix = _scale(max(abs(bound) for bound in bounds), unit, language)
    rounds = unit["measure"] in ("money", "power", "energy")
    scaled = [Decimal(bound).scaleb(-power) for bound in bounds]
    scaled = [_whole(number) for number in scaled] if unit["measure"] == "count" else scaled
    text = "–".join(_short(number) if rounds else plain(number) for number in scaled) + suffix
    text = text.replace(",", "") if language == "zh" and suffix else text
    return MARKS[language].get(qualifier, "{}").format(_with_unit(text, unit, language))


def full(lower: Decimal | None, upper: Decimal | None, qualifier: str, language: str) -> str:
    """A stated figure as it stands in a table under a header that names its unit: every digit, bounds kept: `> 380,000,000,000`."""
    bounds = list(dict.fromkeys(bound for bound in (lower, upper) if bound is not None))
    return MARKS[language].get(qualifier, "{}").format("–".join(map(plain, bounds))) if bounds else ""


def chart_unit(largest: Decimal, unit: dict, language: str) -> tuple[int, str]:
    """The unit of a chart whose largest value this is, and its power of ten: (9, "RMB bn"), (8, "亿元"), (0, "EFLOPS")."""
    power, suffix = _scale(largest, unit, language)
    symbol = unit["symbol"] if language == "en" or unit["measure"] in ("power", "energy") else unit["symbol_zh"]
    if unit["measure"] == "money":
        return power, f"{symbol} {suffix}".strip() if language == "en" else f"{suffix}{symbol}"
    return power, f"{suffix.strip()}{symbol}"


def in_chart(lower: Decimal | None, upper: Decimal | None, qualifier: str, power: int, language: str) -> str:
    """A figure in a chart whose unit stands in its title, bounds kept: 126, 195–205, ≤ 95."""
    bounds = list(dict.fromkeys(Decimal(bound).scaleb(-power) for bound in (lower, upper) if bound is not None))
    text = "–".join(map(_short, bounds))
    return MARKS[language].get(qualifier, "{}").format(text.replace(",", "") if language == "zh" else text) if bounds else ""


def _scale(largest: Decimal, unit: dict, language: str) -> tuple[int, str]:
    scales = SCALES[language] if unit["measure"] == "money" else POWER_SCALES if unit["measure"] in ("power", "energy") else []
    for power, suffix in scales:
        if significant(largest) >= Decimal(10) ** power:
            return power, f" {suffix}" if unit["measure"] != "money" else suffix
    return 0, " " if unit["measure"] in ("power", "energy") else ""


def _with_unit(text: str, unit: dict, language: str) -> str:
    symbol = unit["symbol"]
    if unit["measure"] == "money":
        return f"{symbol} {text}" if language == "en" else text + unit["symbol_zh"]
    if unit["measure"] in ("power", "energy") or symbol == "%":
        return text + symbol
    one = symbol.removesuffix("s") if text == "1" and unit["measure"] in ("count", "duration") else symbol
    return f"{text} {one}" if language == "en" else f"{text} {unit['symbol_zh']}"


def percent(value: Decimal | float | None) -> str:
    """Growth with its sign and one decimal: +42.8%, −31.0%."""
    if value is None:
        return ""
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{'−' if rounded < 0 else '+'}{abs(rounded)}%"


def percent_interval(lower: Decimal | None, upper: Decimal | None) -> str:
    """Growth that is known by its bounds: +52.9% to +65.7%, over +52.9%."""
    if lower is None and upper is None:
        return ""
    if lower is None or upper is None:
        return f"≥ {percent(lower)}" if upper is None else f"≤ {percent(upper)}"
    return percent(lower) if lower == upper else f"{percent(lower)}\u00a0… {percent(upper)}"


def day(value: date | None, language: str) -> str:
    """24 Feb 2025; 2025年2月24日."""
    if value is None:
        return ""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if language == "en" else f"{value.year}年{value.month}月{value.day}日"


def stated_day(value: date, precision: str, language: str) -> str:
    """The day of a statement as precisely as it is known."""
    year, month, quarter = value.year, value.month, (value.month + 2) // 3
    english = {"month": f"{MONTHS[month - 1]} {year}", "quarter": f"{year} Q{quarter}", "year": f"{year}",
               "no_later_than": f"by {day(value, 'en')}"}  # fmt: skip
    chinese = {"month": f"{year}年{month}月", "quarter": f"{year}年第{quarter}季度", "year": f"{year}年",
               "no_later_than": f"不晚于{day(value, 'zh')}"}  # fmt: skip
    return (english if language == "en" else chinese).get(precision, day(value, language))


def period(start: date | None, end: date | None, label: str | None, language: str) -> str:
    """A period as a reader needs it: 2025, FY2025 (to 30 Jun 2025), Oct–Dec 2024 (FY2025 Q3), end of 2024."""
    english = language == "en"
    if start is None or end is None:
        return "no date given" if english else "未注明日期"
    if start == end:
        return _moment(end, english)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    whole_months = start.day == 1 and (end + timedelta(days=1)).day == 1
    fiscal = f" ({label})" if label and label.upper().startswith("FY") else ""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and months == 12:
        return f"{end.year}" if english else f"{end.year}年"
    if 349 <= (end - start).days <= 379:
        named = re.search(r"(?:FY|fiscal (?:year )?|财年|財年)\s?(20\d\d)|(20\d\d)\s?(?:财年|財年)", label or "", re.IGNORECASE)
        number = named and (named[1] or named[2])
        name = (f"FY{number}" if number else "year") if english else (f"{number}财年" if number else "年度")
        return f"{name} (to {day(end, 'en')})" if english else f"{name}（截至{day(end, 'zh')}）"
    if whole_months and start.year == end.year:
        first, last = MONTHS[start.month - 1], MONTHS[end.month - 1]
        if english:
            return (f"{last} {end.year}" if months == 1 else f"{first}–{last} {end.year}") + fiscal
        return (f"{end.year}年{end.month}月" if months == 1 else f"{end.year}年{start.month}–{end.month}月") + fiscal.replace(
            " (", "（"
        ).replace(")", "）")
    return f"{day(start, 'en')} – {day(end, 'en')}" if english else f"{day(start, 'zh')}至{day(end, 'zh')}"


def short_period(start: date, end: date, language: str) -> str:
    """A period beside a bar: 2025, FY2026, Apr–Jun 2026, end of 2024."""
    if start == end:
        return _moment(end, language == "en")
    return year_label(end, language) if 349 <= (end - start).days <= 379 else period(start, end, None, language)


def year_label(end: date, language: str) -> str:
    """A year by its end, in a chart or a column's head: 2025, FY2026; 2026财年."""
    if (end.month, end.day) == (12, 31):
        return f"{end.year}"
    year = (end - timedelta(days=10)).year
    return f"FY{year}" if language == "en" else f"{year}财年"


def change(value: Decimal | None, unit: dict, language: str) -> str:
    """By how much an amount moved, with its sign: +USD 10bn, −10亿元; empty where it is not known."""
    if value is None:
        return ""
    if value == 0:
        return "unchanged" if language == "en" else "不变"
    return ("−" if value < 0 else "+") + quantity(abs(value), abs(value), "exact", unit, language)


def _moment(end: date, english: bool) -> str:
    if (end.month, end.day) == (12, 31):
        return f"end of {end.year}" if english else f"{end.year}年末"
    if (end + timedelta(days=1)).day == 1:
        return f"end of {MONTHS[end.month - 1]} {end.year}" if english else f"{end.year}年{end.month}月末"
    return day(end, "en" if english else "zh")
