"""What pages are made of: sentences, key numbers and tables, each figure with its walk.

Holds: state_opening, state_figures, state_answer, every_change, unit_opening, unit_figures,
unit_answer, linked, rests_on, called, without_titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import pandas as pd

from ebf.doors.web.pages.ways import Ways
from ebf.doors.web.served import Found
from ebf.faults import InputError
from ebf.language.measure import Measure
from ebf.law.funding.tiers import TIER_NAMES
from ebf.law.plain_names import plain_name
from ebf.law.reading import readings_of
from ebf.ledger import Ledger, name_of
from ebf.reports.district_page.opening import FIGURES, key_numbers, opening
from ebf.reports.district_page.page import attributed
from ebf.reports.district_page.subject import Subject
from ebf.reports.legislative_district import DISTRICTS
from ebf.show.document import (
    Block,
    Figure,
    Figures,
    Folded,
    Heading,
    Link,
    Paragraph,
    Sentences,
    Table,
)
from ebf.show.words import Value, dollars, heading, number, percent_to, whole_dollars
from ebf.units.ids import ID
from ebf.units.marks import Marked, sentences
from ebf.what_if.comparison import CENTS, Comparison

_MONEY: Final = "tier_funding"
_OF_STATE: Final = (
    ("Percent of adequacy of the state", "statewide_percent_of_adequacy", Measure.SHARE),
    ("What the formula says all need", "statewide_adequacy_target", Measure.DOLLARS),
    ("What they have to work with", "statewide_final_resources", Measure.DOLLARS),
    ("New State Funds of the year", "new_state_funds", Measure.DOLLARS),
    ("Tier 1 Target Ratio", "tier_1_target_ratio", Measure.RATIO),
    ("Units in Tier 1", "units_in_tier_1", Measure.COUNT),
    ("Units in Tier 2", "units_in_tier_2", Measure.COUNT),
    ("Units in Tier 3", "units_in_tier_3", Measure.COUNT),
)
"""The key numbers of a state: what each is called, its line, and how it is read."""
_MOST: Final = 10
_STATE: Final = "state"
"""The table of a Legislative whose rows have the names of columns."""
_SEVERAL: Final = 2
_COLUMNS: Final = {
    "tier_before": Measure.TIER,
    "tier_after": Measure.TIER,
    "before": Measure.DOLLARS,
    "after": Measure.DOLLARS,
    "change": Measure.DOLLARS,
    "change_per_student": Measure.DOLLARS_PER_STUDENT,
}


# --- The state -------------------------------------------------------------------------


def state_opening(found: Found) -> str:
    """What the state comes to, or what a what-if changes of it, in a sentence or two."""
    if found.is_nothing:
        return _of_state(found.after)
    compared = found.comparison
    counts, units = compared.summary, compared.units
    money = counts["after, all units"] - counts["before, all units"]
    in_all = f"New money is {dollars(counts['after, all units'])}, {_more(money)}."
    moved = _moved(units)
    return (
        f"{in_all} Of {counts['units']:,} units {_gain_and_lose(units)}; "
        f"{counts['unchanged']:,} have the same to the cent. {_many(len(moved), 'move')} tier."
    )


def _many(count: int, deed: str) -> str:
    """How many do something."""
    if not count:
        return f"None {deed}s"
    return f"{count:,} {deed}{'s' * (count < _SEVERAL)}"


def _gain_and_lose(units: pd.DataFrame) -> str:
    """How many units gain and lose, and how much in all."""
    said = []
    for deed, changes in (
        ("gain", units["change"][units["change"] > 0]),
        ("lose", units["change"][units["change"] < 0]),
    ):
        if changes.empty:
            said.append(f"none {deed}s")
        else:
            said.append(f"{_many(len(changes), deed)} {dollars(abs(changes.sum()))} in all")
    return ", ".join(said)


def _of_state(ledger: Ledger) -> str:
    numbers, many = ledger.statewide, len(ledger.table.unit_ids)
    said = f"In FY{ledger.fiscal_year} the {many:,} units of the state"
    if {"statewide_percent_of_adequacy", "new_state_funds"} <= {*numbers.index}:
        return (
            f"{said} have {percent_to(numbers['statewide_percent_of_adequacy'], 1)} of the money "
            "that Illinois' formula says their pupils' education takes; the state distributes "
            f"{whole_dollars(numbers['new_state_funds'])} of new money among them."
        )
    return f"{said}, by the lines that its table suffices for."


def _more(change: float) -> str:
    """A change in words."""
    if not round(change, CENTS):
        return "the same as before"
    return f"{dollars(abs(change))} {'more' if change > 0 else 'less'} than before"


def state_figures(found: Found, ways: Ways) -> Figures:
    """The key numbers of the state, with those before, each leading to its walk."""
    before, after = found.before.statewide, found.after.statewide
    figures = [
        Figure(
            Link(label, page=ways.to(f"/lines/{name}")),
            number(after[name], measure, alone=True),
            ""
            if found.is_nothing or name not in before
            else _was(before[name], after[name], measure),
        )
        for label, name, measure in _OF_STATE
        if name in after
    ]
    return Figures(tuple(figures))


def _was(before: float, after: float, measure: Measure) -> str:
    """What it was before, and the change."""
    was = number(before, measure, alone=True)
    change = after - before
    if number(after, measure, alone=True) == was:
        return "as before"
    said = number(abs(change), measure, alone=True)
    if measure is Measure.SHARE:
        said = said.replace("%", "points")
    return f"before: {was}; {said} {'more' if change > 0 else 'less'}"


def state_answer(found: Found, ways: Ways) -> Iterator[Block]:
    """Who wins and loses by a what-if; of the state as it is the tiers and the largest amounts."""
    if found.is_nothing:
        yield from (
            linked(each, found.after, ways)
            for each in found.after.document.blocks
            if isinstance(each, Table)
        )
        return
    compared = found.comparison
    yield Heading(2, "Who wins, who loses")
    yield from _tables(compared, found, ways)
    yield Paragraph((Link("Every unit, before and after", page=ways.to("/changes")), "."))
    yield from _grounds(compared)


def _tables(compared: Comparison, found: Found, ways: Ways) -> Iterator[Block]:
    """Largest gains and losses, who moves tier, statewide numbers."""
    for title, units in (("gains", compared.winners), ("losses", compared.losers)):
        if len(units):
            yield _table(f"largest_{title}", f"Largest {title}", units, ways, _MOST)
    for each in compared.document.blocks:
        if isinstance(each, Table) and each.name == "moved":
            yield each
        if isinstance(each, Table) and each.name == "statewide":
            named = tuple(
                (Link(plain_name(str(row[0])), page=ways.to(f"/lines/{row[0]}")), *row[1:])
                for row in each.rows
            )
            table = replace(each, rows=named)
            yield Folded(each.title, (table,), "")
    yield from _movers(compared, found, ways)


def _table(
    name: str, title: str, units: pd.DataFrame, ways: Ways, most: int | None = None
) -> Table:
    """Units before and after, each leading to its page."""
    shown = units[[each for each in _COLUMNS if each in units]].copy()
    names = units["name"] if "name" in units else pd.Series(units.index, index=units.index)
    called = names.where(names.notna(), units.index.to_series())
    links = [ways.to_unit(str(words), str(unit)) for unit, words in called.items()]
    shown.index = pd.Index(links, name="unit", dtype=object)
    return Table.of(name, title, shown, _COLUMNS, most=most)


def _moved(units: pd.DataFrame) -> pd.DataFrame:
    """The units whose tier is another than before."""
    if "tier_before" not in units:
        return units.iloc[:0]
    return units[units["tier_before"] != units["tier_after"]]


def _movers(compared: Comparison, found: Found, ways: Ways) -> Iterator[Block]:
    del found
    moved = _moved(compared.units)
    if len(moved):
        most = moved.reindex(moved["change"].abs().sort_values(ascending=False).index)
        table = _table("movers", "Units that move tier", most, ways)
        yield Folded(f"The units that move tier: {len(moved):,}", (table,), "")


def _grounds(compared: Comparison) -> Iterator[Block]:
    """What a comparison rests on, and what it leaves out."""
    yield Sentences("assumptions", "What this rests on", compared.assumptions)
    if compared.left_out:
        yield Sentences("left_out", "Left out", compared.left_out)


def every_change(found: Found, ways: Ways) -> Iterator[Block]:
    """Every unit before and after, by its change."""
    units = found.comparison.units.sort_values("change", ascending=False, kind="stable")
    yield _table("units", "Every unit, by the change of its new money", units, ways)
    yield from _grounds(found.comparison)


# --- A unit ------------------------------------------------------------------------------


def unit_opening(found: Found, unit_id: str) -> str:
    """What the unit comes to; by a what-if what it has more or less, and the others."""
    unit = Subject(found.after, unit_id)
    if found.is_nothing:
        return " ".join(str(each.text) for each in opening(unit) if isinstance(each, Paragraph))
    row = found.comparison.units.loc[unit_id].to_dict()
    before, after, change = (float(row[each]) for each in ("before", "after", "change"))
    part = abs(change) / before if before else 0.0
    share = f" ({number(part, Measure.SHARE, alone=True)})" if part else ""
    tier = ""
    if "tier_before" in row:
        was, now = (TIER_NAMES[round(row[each])] for each in ("tier_before", "tier_after"))
        tier = f" It stays in {was}." if was == now else f" It moves from {was} to {now}."
        tier = "" if was == TIER_NAMES[0] == now else tier
    return (
        f"{unit.name} gets {dollars(after)} of new state money, {_more(change)}{share}.{tier} "
        f"{_others(found.comparison, unit_id)}"
    )


def _others(compared: Comparison, unit_id: str) -> str:
    """What the other units get or lose."""
    others = compared.units.drop(index=unit_id)
    if not others["change"].any():
        return "No other unit's new money changes by a cent."
    moved = _moved(others)
    return (
        f"Of the {len(others):,} other units {_gain_and_lose(others)}. "
        f"{_many(len(moved), 'move')} tier."
    )


def unit_figures(found: Found, unit_id: str, ways: Ways) -> Figures:
    """The key numbers of a unit, with those before, each leading to its walk."""
    lines = {label: (line, measure) for label, line, measure in FIGURES}
    before, after = Subject(found.before, unit_id, "before"), Subject(found.after, unit_id)
    figures = []
    for each in key_numbers(after, None if found.is_nothing else before).figures:
        line, measure = lines[each.label]
        was, now = before.number(line), after.number(line)
        note = each.note
        if note and was is not None and now is not None:
            said = _was(was, now, measure)
            change = said.partition("; ")[2]
            note = f"{each.note}; {change}" if change and measure is not Measure.TIER else each.note
            note = "as before" if said == "as before" else note
        figures.append(Figure(Link(each.label, page=ways.line(line, unit_id)), each.value, note))
    return Figures(tuple(figures))


def unit_answer(found: Found, unit_id: str, ways: Ways) -> Iterator[Block]:
    """Why a what-if changes the unit's new money, and what it rests on."""
    if found.is_nothing:
        return
    compared = found.comparison
    if found.held:
        names = ", ".join(map(plain_name, found.held))
        yield Paragraph(
            "From the district's own counts. They do not suffice for these, which are as the "
            f"state's file has them: {names}."
        )
    yield Heading(2, "Why its new money changes", "why")
    yield from _why(found, unit_id)
    yield Heading(2, "The others", "others")
    yield Paragraph(_others(compared, unit_id))
    yield from _movers(compared, found, ways)
    yield Paragraph((Link("Every unit, before and after", page=ways.to("/changes")), "."))
    yield from _grounds(compared)


def _why(found: Found, unit_id: str) -> Iterator[Block]:
    if not found.comparison.units["change"].to_dict()[unit_id]:
        yield Paragraph("It is the same to the cent.")
        return
    split = attributed(found.before, found.after, unit_id)
    if isinstance(split, InputError):
        yield Paragraph(f"It cannot be told from these two states: {split.faults[0]}")
        return
    steps = split.waterfall(unit_id)
    is_end = steps.index.isin((0, len(steps) - 1))
    shown = steps[is_end | (steps["change"].abs().round(CENTS) > 0)].set_index("label")
    yield Paragraph(
        "By causes: what each moves, the mean over all orders in which they could have come "
        "(Shapley values)."
    )
    yield Table.of("waterfall", "From before to after", shown, Measure.DOLLARS)
    if split.estimated:
        many = len(split.estimated)
        yield Paragraph(
            f"Of {many:,} unit{'s' * (many != 1)} the Local Capacity Percentage was not published "
            "and is estimated for this."
        )


# --- For all -----------------------------------------------------------------------------


def linked(block: Block, ledger: Ledger, ways: Ways) -> Block:
    """A block; in a table of units or legislative districts each leads to its page."""
    if not isinstance(block, Table):
        return block
    names = [each.name for each in block.columns]
    if names[:1] in ([ID], ["unit"]):
        return replace(
            block, rows=tuple(_of_unit_row(row, names, ledger, ways) for row in block.rows)
        )
    if block.name == _STATE:
        return replace(block, rows=tuple((heading(str(row[0])), *row[1:]) for row in block.rows))
    if names[:2] == ["chamber", "district"]:
        return replace(block, rows=tuple(_of_district(row, ways) for row in block.rows))
    return block


def _of_unit_row(
    row: tuple[Value, ...], names: list[str], ledger: Ledger, ways: Ways
) -> tuple[Value, ...]:
    """A row of a unit, whose name leads to its page; the id where it has none."""
    unit_id = str(row[0])
    if unit_id not in ledger.table.places:
        return row
    at = names.index("name") if "name" in names and row[names.index("name")] else 0
    cells = list(row)
    cells[at] = ways.to_unit(str(row[at]), unit_id)
    return tuple(cells)


def _of_district(row: tuple[Value, ...], ways: Ways) -> tuple[Value, ...]:
    chamber, which, *rest = row
    if str(chamber) not in DISTRICTS or not isinstance(which, int):
        return row
    return (chamber, Link(str(which), page=ways.district(str(chamber), which)), *rest)


def rests_on(ledger: Ledger, note: str, unit_id: str | None = None) -> Iterator[str]:
    """Where the numbers are from, and what of them is invented, recovered or estimated."""
    if note:
        yield note
    source = ledger.source
    if source is not None:
        yield f"FY{ledger.fiscal_year}: from {source}."
    elif not note:
        yield f"FY{ledger.fiscal_year}: from a table handed over, no file."
    if ledger.table.note and ledger.table.note not in note:
        yield ledger.table.note
    yield from sentences(_of_unit(ledger.table.marked, unit_id))
    if ledger.standing:
        names = ", ".join(map(plain_name, sorted(ledger.standing)))
        yield f"Taken as handed over, whatever is beside it: {names}."
    if not ledger.rounding:
        yield "Without the state's rounding: the state's own numbers are otherwise."
    known = readings_of(ledger.law.statute)
    for reading, chosen in sorted(ledger.law.readings.items()):
        words = known[reading].alternatives[chosen].words
        yield f"By another reading of the law, {reading} {chosen}: {words}"


def _of_unit(marked: Marked, unit_id: str | None) -> Marked:
    if unit_id is None:
        return marked
    return {
        column: {unit_id: units[unit_id]} for column, units in marked.items() if unit_id in units
    }


def called(ledger: Ledger, unit_id: str) -> str:
    """What a unit is called: its name, else its id."""
    return name_of(ledger, unit_id) or f"Unit {unit_id}"


def without_titles(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks but the title."""
    return (each for each in blocks if not (isinstance(each, Heading) and each.level == 1))
