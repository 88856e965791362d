"""The second computation of what was said, when and by whom: rules 1 to 4."""

from collections import defaultdict

from oracle_rows import DAY, EVIDENCE, FAMILIES, OPEN, grouped, is_flow


def figure_flags(held):
    """{figure: its marks} by what was said and when."""
    restated = {
        row["supersedes"]
        for row in held.figures.values()
        if row["retired_on"] is None and row["supersedes_reason"] in ("restatement", "reclassification")
    }
    counted = {_span(row) for row in held.figures.values() if is_flow(held, row) and _is_counted(row)}
    return {name: frozenset(_marks(held, row, name in restated, _span(row) in counted)) for name, row in held.figures.items()}


def _span(row):
    return row["entity_id"], row["metric_id"], row["period_start"], row["period_end"]


def _is_counted(row):
    """Whether a span runs from the day it was said to the day before an anniversary."""
    return row["period_start"] == row["stated_on"] and (row["period_end"] + DAY).timetuple()[1:3] == row["period_start"].timetuple()[1:3]


def _marks(held, row, is_restated, is_counted):
    if row["qualifier"] in ("about", "nearly", "about_range"):
        yield "approximate"
    if row["qualifier"] in OPEN:
        yield "open_bound"
    if row["qualifier"] == "not_quantified":
        yield "not_quantified"
    if is_counted:
        yield "counted_dates"
    if is_restated:
        yield "restated"
    if row["status"] == "estimate":
        yield "estimate"
    if held.entities[row["stated_by"]]["entity_kind"] == "press":
        yield "press_only"
    if held.metrics[row["metric_id"]]["price_base_year"]:
        yield "price_base"
    is_expected = FAMILIES[row["status"]] == "expected"
    if is_expected and is_flow(held, row) and row["period_start"] <= row["stated_on"] <= row["period_end"]:
        yield "running_period"


def vintages_of(held):
    """Rules 2 and 3: each series in the order in which it was said."""
    tested = {claim["figure_id"] for claim in held.claims if claim["claim_kind"] == "conversion"}
    said = [
        {**row, "status_family": FAMILIES[row["status"]]}
        for row in held.figures.values()
        if row["repeats"] is None and row["retired_on"] is None and row["figure_id"] not in tested
    ]
    ended = defaultdict(list)
    for row in said:
        if row["supersedes"]:
            ended[row["supersedes"]].append(row["stated_on"])
    found = []
    series = ("entity_id", "metric_id", "unit", "period_start", "period_end", "base_end", "status_family", "stated_by")
    for rows in grouped(said, *series).values():
        kept = [min(same_day, key=_best_of_a_day) for _, same_day in sorted(grouped(rows, "stated_on").items())]
        for number, row in enumerate(kept, 1):
            later = [other["stated_on"] for other in kept[number : number + 1]]
            until = min([*later, *ended[row["figure_id"]]], default=None)
            found.append({**row, "vintage_number": number, "known_from": row["stated_on"], "known_until": until})
    return found


def _best_of_a_day(row):
    has_both = row["lower"] is not None and row["upper"] is not None
    width = row["upper"] - row["lower"] if has_both else 0
    openness = 0 if has_both else 1 if row["lower"] is not None or row["upper"] is not None else 2
    return EVIDENCE.index(row["evidence"]), openness, width, row["figure_id"]


def speaker_rank(held, row):
    """Rule 4: 0 the entity itself or who speaks for it, then an official body, a house, the press."""
    speaker, entity = row["stated_by"], row["entity_id"]
    if speaker == entity or (speaker, entity) in held.voices:
        return 0
    return {"body": 1, "house": 2, "press": 3}.get(held.entities[speaker]["entity_kind"], 2)


def figures_current(held, vintages):
    """Rule 4: one row for each quantity among what is still said of it."""
    still = [row for row in vintages if row["known_until"] is None]
    quantity = ("entity_id", "metric_id", "unit", "period_start", "period_end", "base_end", "status_family")
    return [min(rows, key=lambda row: headline(held, row)) for rows in grouped(still, *quantity).values()]


def headline(held, row):
    return (
        row["status"] not in ("actual", "guidance", "target", "commitment"),
        speaker_rank(held, row),
        -row["stated_on"].toordinal(),
        EVIDENCE.index(row["evidence"]),
        row["figure_id"],
    )
