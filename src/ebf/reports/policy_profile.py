"""How a state pays for schools, fact by fact: from the law in force in a year, or dated, cited.

Which facts there are a file says (data/policy_profile/); this module knows no state.

Holds: ILLINOIS, PolicyProfile, policy_profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.data import DATA
from ebf.engine.record import one_state_faults
from ebf.faults import (
    Fault,
    InputError,
    Place,
    contradiction,
    described,
    out_of_range,
    repeated,
    several_scenarios,
    wrong_type,
)
from ebf.files import known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.parameters import Law
from ebf.law.statutes import STATUTES
from ebf.ledger import Ledger, check_ledger
from ebf.reports.profile_facts import FactFile, FactsFile, read_facts
from ebf.reports.profile_years import (
    Difference,
    Found,
    Number,
    Status,
    YearOfFacts,
    between,
    fiscal_year_named,
    since_national,
)
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.csv_and_parquet import write_safe_csv

ILLINOIS: Final = DATA / "policy_profile" / "illinois.toml"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PolicyProfile(Answer):
    """What :func:`policy_profile` found.

    ``frame`` has a row a year, fact and number (a fact without numbers has one row): the
    statement, how it stands in the year, value, measure, cite and source. ``facts`` has a row a
    fact: its topic, its statement in each year, its cite, where it is from. ``differences`` are
    the numbers and facts that differ between two years, ``since_national`` those that differ
    from the national profile's year. ``ledgers`` are those that were handed over, by year.
    """

    state: str
    fiscal_year: int
    years: tuple[int, ...]
    national: str
    topics: Mapping[str, str]
    frame: pd.DataFrame
    facts: pd.DataFrame
    differences: pd.DataFrame
    since_national: pd.DataFrame
    ledgers: Mapping[int, Ledger] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger | None:
        """The ledger of the last year that has one."""
        return next((self.ledgers[year] for year in self.years[::-1] if year in self.ledgers), None)

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Every number of every year, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_safe_csv, self.frame))

    @property
    def title(self) -> str:
        """The state and the years."""
        return (
            f"How {self.state} pays for schools: {' and '.join(map(fiscal_year_named, self.years))}"
        )

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        tables = []
        if self.years[1:]:
            before, after = map(fiscal_year_named, self.years)
            title = f"What differs between {before} and {after}"
            tables.append(Table.of("differences", title, _labelled(self.differences)))
        if self.national:
            title = f"What has changed since the national profile ({self.national})"
            tables.append(Table.of("since_national", title, _labelled(self.since_national)))
        for topic, title in self.topics.items():
            rows = self.facts[self.facts["topic"] == topic].drop(columns="topic")
            tables.append(Table.of(topic, title, _labelled(rows)))
        return [*tables, self._numbers()]

    def _numbers(self) -> Table:
        """Every number with its source, a column a year: parameters by their own names."""
        numbers = self.frame[self.frame["number"] != ""]
        own, of_fact = numbers["parameter"], numbers["fact"] + "." + numbers["number"]
        named = numbers.assign(number=own.where(own != "", of_fact))
        shown = named.drop_duplicates("number", keep="last").set_index("number")
        by_year = {
            fiscal_year_named(year): of_year.drop_duplicates("number").set_index("number")["value"]
            for year in self.years
            for of_year in [named[named["fiscal_year"] == year]]
        }
        order = named["number"].drop_duplicates()
        found = pd.DataFrame(by_year, columns=[*map(fiscal_year_named, self.years)], index=order)
        found = found.join(shown[["cite", "source"]])
        measures = tuple(shown.loc[order, "measure"])
        return Table.of("numbers", "Every number, and its source", found, of_rows=measures)


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Facts by their names in words, with the number's name where it has another."""
    labels = [str(each).replace("_", " ") for each in frame.index]
    if "number" in frame:
        labels = [
            label if number in {"", fact} else f"{label}: {number}"
            for label, number, fact in zip(labels, frame["number"], frame.index, strict=True)
        ]
        frame = frame.drop(columns="number")
    return frame.set_axis(pd.Index(labels, name="fact"))


def policy_profile(
    year: int | Law,
    other: int | Law | None = None,
    /,
    *,
    facts: FactFile | None = None,
    ledger: Ledger | Sequence[Ledger] | None = None,
) -> PolicyProfile:
    """How the state pays for schools in a fiscal year, or in two side by side.

    Args:
        year: A fiscal year, or its law (``ebf.law(2022, gifted=100)``), whose numbers then stand.
        other: A second one, to be set beside it.
        facts: A TOML file of facts of your own; None: that of Illinois (data/policy_profile/).
        ledger: A ledger of one of the years, or one of each, for facts that are computed from
            what units are paid. Its law then stands for the year.

    A number is read from the parameters and lines in force in the year, with their cites and
    sources, or stands in the file with its own, and the years that its source speaks of.

    Raises:
        InputError: for a year outside the law, two of the same year, a ledger of another year
            or of several states, and with every fault of a file of facts.
    """
    said = [year] if other is None else [year, other]
    ledgers = _by_year(ledger)
    file = read_facts(ILLINOIS if facts is None else facts)
    laws = _laws(said, ledgers, file)
    states = [YearOfFacts(each, own, ledgers.get(each), file) for each, own in laws.items()]
    found = [[state.found(fact) for state in states] for fact in file.facts]
    years, since = tuple(laws), _since(file, found, states[-1].year)
    sources = {f"units of {fiscal_year_named(y)}": each.source for y, each in ledgers.items()}
    return PolicyProfile(
        sources=known_sources(**sources),
        state=file.state,
        fiscal_year=years[-1],
        years=years,
        national=file.national,
        topics=file.topics,
        frame=_frame(found, years),
        facts=_facts(found, years, since),
        differences=_differences(found, years),
        since_national=_changes(since),
        ledgers=ledgers,
        assumptions=tuple(_assumptions(file, found)),
        left_out=tuple(_left_out(found, years)),
    )


# --- What is handed over ---------------------------------------------------------------


def _by_year(said: Ledger | Sequence[Ledger] | None) -> dict[int, Ledger]:
    """The ledgers by their years, each of one state."""
    several = said if isinstance(said, (list, tuple)) else [] if said is None else [said]
    ledgers: list[Any] = [*several]
    by_year: dict[int, Ledger] = {}
    faults: list[Fault] = []
    for each in ledgers:
        check_ledger(each)
        faults += one_state_faults(each)
        if each.fiscal_year in by_year:
            place, found = Place(argument="ledger"), f"two of {fiscal_year_named(each.fiscal_year)}"
            faults.append(repeated(place, found, "one ledger a year"))
        by_year[each.fiscal_year] = each
    if faults:
        raise InputError(faults)
    return by_year


def _laws(
    said: Sequence[object], ledgers: Mapping[int, Ledger], file: FactsFile
) -> dict[int, Law | None]:
    """The law that was handed over for each year, or None for the law as it is."""
    laws: dict[int, Law | None] = {}
    faults: list[Fault] = []
    for argument, each in zip(("year", "other"), said, strict=False):
        place, own = Place(argument=argument), each if isinstance(each, Law) else None
        year = own.fiscal_year if own else each
        if not isinstance(year, (int, np.integer)) or isinstance(year, bool):
            allowed = "a fiscal year, or its law: 2022, ebf.law(2022)"
            faults.append(wrong_type(place, described(each), allowed))
            continue
        year = int(year)
        years = STATUTES[file.statute].years if file.statute else None
        if years is not None and year not in years:
            allowed = f"a year of {file.statute}, {years[0]} to {years[-1]}"
            faults.append(out_of_range(place, str(year), allowed))
        if year in laws:
            faults.append(
                repeated(place, f"{fiscal_year_named(year)} twice", "two years that differ")
            )
        if own and year in ledgers:
            allowed = f"{year}: the ledger handed over for it has a law of its own"
            faults.append(contradiction(place, f"a law of {fiscal_year_named(year)}", allowed))
        if own and any(each.value.size > 1 for each in own.in_force.values()):
            allowed, fix = "a law of one state", "choose one: law.of_scenario(place)"
            faults.append(several_scenarios(place, allowed=allowed, fix=fix))
        laws[year] = ledgers[year].law if year in ledgers else own
    for section in {own.section for own in laws.values() if own} - {f.statute for f in file.facts}:
        allowed = "a law that a fact of the file is from"
        faults.append(contradiction(Place(argument="year"), f"a law of {section}", allowed))
    for year in ledgers.keys() - laws.keys():
        allowed = f"a ledger of {' or '.join(map(fiscal_year_named, laws))}"
        faults.append(
            contradiction(Place(argument="ledger"), f"one of {fiscal_year_named(year)}", allowed)
        )
    if faults:
        raise InputError(faults)
    return laws


# --- What differs ------------------------------------------------------------------------


def _since(
    file: FactsFile, found: Sequence[Sequence[Found]], last: int
) -> dict[str, list[Difference]]:
    """By fact what has changed since the year of the national profile, to the last year shown."""
    year = file.national_year
    if year is None or last <= year:
        return {}
    national = YearOfFacts(year, None, None, file)
    return {
        fact.key: since_national(national.found(fact), each[-1], year)
        for fact, each in zip(file.facts, found, strict=True)
    }


def _frame_of(rows: Sequence[Mapping[str, object]], *columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["fact", *columns]).set_index("fact")


def _differences(found: Sequence[Sequence[Found]], years: Sequence[int]) -> pd.DataFrame:
    names = [*map(fiscal_year_named, years)]
    rows = [
        {"fact": before.fact.key, "number": each.number, names[0]: each.before,
         names[-1]: each.after, "cite": each.cite}
        for before, *more in found
        for after in more
        for each in between(before, after)
    ]  # fmt: skip
    return _frame_of(rows, "number", *names, "cite")


def _changes(since: Mapping[str, Sequence[Difference]]) -> pd.DataFrame:
    rows = [
        {"fact": key, "number": each.number, "national profile": each.before, "now": each.after,
         "from": each.since, "cite": each.cite}
        for key, differences in since.items()
        for each in differences
    ]  # fmt: skip
    return _frame_of(rows, "number", "national profile", "now", "from", "cite")


# --- What is shown ------------------------------------------------------------------------


def _frame(found: Sequence[Sequence[Found]], years: Sequence[int]) -> pd.DataFrame:
    """A row a year, fact and number."""
    nothing = {"": Number(None, Measure.COUNT, "", "")}
    rows = [
        {
            "fiscal_year": year,
            "topic": each.fact.topic,
            "fact": each.fact.key,
            "number": name,
            "statement": each.statement,
            "status": str(each.status),
            "value": number.value,
            "measure": str(number.measure) if name else "",
            "cite": number.cite if name else each.cite,
            "source": number.source if name else each.source,
            "known_from": number.since,
            "parameter": each.fact.numbers.get(name, ""),
            "origin": each.fact.origin,
            "from_the_law": each.fact.is_of_the_law,
        }
        for of_fact in found
        for year, each in zip(years, of_fact, strict=True)
        for name, number in (each.numbers or nothing).items()
    ]
    types = {"value": "float64", "known_from": "Int64"}
    return pd.DataFrame(rows).astype(types)


def _facts(
    found: Sequence[Sequence[Found]],
    years: Sequence[int],
    since: Mapping[str, Sequence[Difference]],
) -> pd.DataFrame:
    """A row a fact: its statement in each year, and what it rests on."""
    rows = []
    for of_fact in found:
        first, *more = of_fact
        said = [first.statement, *(_beside(first, each) for each in more)]
        if changes := since.get(first.fact.key):
            said[-1] += f" (Changed since the national profile: {_in_words(changes)}.)"
        row = dict(zip(map(fiscal_year_named, years), said, strict=True))
        last = of_fact[-1]
        rows.append(
            {"fact": first.fact.key, "topic": first.fact.topic, **row,
             "cite": last.cite, "from": first.fact.origin_in_short}
        )  # fmt: skip
    return _frame_of(rows, "topic", *map(fiscal_year_named, years), "cite", "from")


def _beside(first: Found, later: Found) -> str:
    """The statement of a later year beside that of the first."""
    shows = {Status.NOT_IN_FORCE, Status.NEEDS_LEDGER}
    numbers = [{name: n.words for name, n in each.numbers.items()} for each in (first, later)]
    if numbers[0] != numbers[1] or shows & {first.status, later.status}:
        return later.statement
    return f"The same. {'' if later.note == first.note else later.aside}".rstrip()


def _in_words(changes: Sequence[Difference]) -> str:
    return "; ".join(
        f"{each.number} was {each.before}" if each.number else f"it was {each.before}"
        for each in changes
    )


def _assumptions(file: FactsFile, found: Sequence[Sequence[Found]]) -> Iterator[str]:
    """What the facts rest on, counted."""
    of_the_law = sum(fact.is_of_the_law for fact in file.facts)
    outside = len(file.facts) - of_the_law
    yield f"Facts made from the parameters and lines in force, cites and all: {of_the_law}."
    yield f"Facts known from outside the formula, each with a source: {outside}."
    undated = [each[-1].fact.key for each in found if each[-1].status is Status.NOT_DATED]
    if undated:
        yield (
            f"Facts from outside that are not dated for the last year shown: {len(undated)} "
            f"({', '.join(undated)})."
        )
    if file.national_year is not None:
        yield (
            f"What has changed since the national profile ({file.national}) is told from "
            f"{fiscal_year_named(file.national_year)}; from is the first year a number is known of."
        )
    yield "Tax rates in sentences are dollars per $1,000 of EAV; among the numbers, per dollar."


def _left_out(found: Sequence[Sequence[Found]], years: Sequence[int]) -> Iterator[str]:
    """What is not known of each year, and what would be needed."""
    for place, year in enumerate(years):
        for each in (of_fact[place] for of_fact in found):
            if each.status in {Status.NOT_KNOWN, Status.NEEDS_LEDGER}:
                yield f"{fiscal_year_named(year)}, {each.fact.key}: {each.status}, {each.note}."
    without = [of_fact[0].fact.key for of_fact in found if of_fact[0].cite == "not in hand"]
    if without:
        yield f"A cite, which is not in hand: {', '.join(without)}."
