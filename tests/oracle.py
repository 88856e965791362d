"""A second computation of the derived tables, from the curated rows and the rules alone: it shares no code with build/models.

Its parts are oracle_statements, oracle_time, oracle_money and oracle_claims. Rows are dicts, numbers are
Decimal with sixty digits, and nothing is rounded before the last step but rates, which are published to twelve decimals.
"""

from decimal import localcontext

from oracle_claims import claim_checks, guidance_outcome
from oracle_money import Crosses, amounts_of, group_totals
from oracle_rows import curated
from oracle_statements import figure_flags, figures_current, vintages_of
from oracle_time import calendar_years, growth, quarters_of


def compute(given):
    """{table: {key: row}} of the tables under test. `given` is {curated table: rows}."""
    with localcontext(prec=60):
        held = curated(given)
        flags = figure_flags(held)
        vintages = vintages_of(held)
        current = figures_current(held, vintages)
        quarters = quarters_of(held, vintages, current, flags)
        years = calendar_years(held, current, quarters, flags)
        crosses = Crosses(held.rates)
        amounts = amounts_of(held, crosses, flags)
        return {
            "figure_flags": {(name,): {"flags": marks} for name, marks in flags.items()},
            "vintages": {(row["figure_id"],): row for row in vintages},
            "figures_current": {(row["figure_id"],): row for row in current},
            "amounts": amounts,
            "quarters": quarters,
            "growth": growth(held, current, flags),
            "calendar_years": years,
            "guidance_outcome": guidance_outcome(held, vintages, flags),
            "group_totals": group_totals(held, current, years, amounts, crosses, flags),
            "claim_checks": claim_checks(held, crosses),
        }
