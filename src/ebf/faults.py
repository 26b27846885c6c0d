"""Faults of what was handed in, worded for the analyst who must mend them.

Holds: SHOWN, MOST_FAULTS, MOST_NAMES, FaultKind, Place, Fault, unknown_name, unknown_unit,
several_scenarios, unsuitable_name, missing, repeated, wrong_type, malformed, out_of_range,
contradiction, unreadable, too_large, not_known, not_computed, no_result, InputError, by_cause,
described, as_name, check_type, visible, nearest, require.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from importlib.util import find_spec
from reprlib import Repr

SHOWN = 50
"""Faults that the message of an error spells out; ``InputError.faults`` has all."""

MOST_FAULTS = 10_000
"""Faults of one kind that are looked for: a table of other things would fill the memory."""

MOST_NAMES = 1_000
"""Wrong names that are looked for, each of which is set beside all known ones."""

_LONGEST = 500
"""Characters of a fault's place, and of what was found there, that are shown."""

_REPR = Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 100


class FaultKind(StrEnum):
    """What is wrong, for machines; the words of a fault say it to people.

    A member stays what it is from version to version; new ones may come.
    """

    UNKNOWN_NAME = "unknown_name"
    """No column, line, number, scenario or sheet has that name."""
    UNKNOWN_UNIT = "unknown_unit"
    """No unit has that id."""
    UNSUITABLE_NAME = "unsuitable_name"
    """The name is known, and cannot be used here: no dollars, several bands, computed anyway."""
    MISSING = "missing"
    """Something that is needed is blank, or was not handed over."""
    REPEATED = "repeated"
    """A name, a unit or an amount is there more than once."""
    WRONG_TYPE = "wrong_type"
    """Another type of value than is taken: text for a number, a list for a table."""
    MALFORMED = "malformed"
    """Text, or the shape of an array, that is not of the form it must have: an id, an option."""
    OUT_OF_RANGE = "out_of_range"
    """A number outside of its bounds, or a word that is none of those to choose from."""
    CONTRADICTION = "contradiction"
    """Things that were handed over do not fit together."""
    SEVERAL_SCENARIOS = "several_scenarios"
    """Several scenarios, where one state is asked about."""
    UNREADABLE_FILE = "unreadable_file"
    """A file that is not there, is broken, or is of another format."""
    TOO_LARGE = "too_large"
    """More bytes, cells, scenarios or groups than are taken."""
    NOT_INSTALLED = "not_installed"
    """A library that an extra would install."""
    NOT_KNOWN = "not_known"
    """A number of the law or a salary that is not in hand for the year: supply it."""
    NOT_COMPUTED = "not_computed"
    """A line that the ledger does not have, though there is one of that name."""
    NO_RESULT = "no_result"
    """A calculation that comes to no number, or to one that the law has no meaning for."""


@dataclass(frozen=True)
class Place:
    """Where a fault is, as far as it has such a place; the rest is None.

    ``within`` and ``at`` are the words of the place where no other field has them
    ("table", "law", "ledger"; "index"). ``unit`` is a unit's id; ``column`` a
    column, or the name of a line, a salary or a number of the law; ``argument``
    of the call; ``scenario`` by its name. ``file`` is a path, ``sheet`` one of a
    workbook, ``line`` one of a file, from 1, as editors count; ``row`` one of a
    DataFrame, from 0.
    """

    within: str | None = None
    at: str | None = None
    _: KW_ONLY
    unit: str | None = None
    column: str | None = None
    argument: str | None = None
    scenario: str | None = None
    file: str | None = None
    sheet: str | None = None
    line: int | None = None
    row: int | None = None

    @property
    def words(self) -> tuple[str, str]:
        """What the fault is in, and what of it: ``("law", "tier_2.target_ratio")``."""
        what = _first(self.at, self.column, self.argument, "file" if self.file else "")
        sheet = None if self.sheet is None else f"sheet {self.sheet}"
        scenario = None if self.scenario is None else f"scenario {self.scenario}"
        argument = None if what == self.argument else self.argument
        where = _first(self.within, self.unit, argument, sheet, self.file, scenario, "arguments")
        return where, what

    def of_scenario(self, name: str) -> Place:
        """The same place in a scenario of many."""
        return replace(self, within=f"scenario {name}: {self.words[0]}", scenario=name)


def _first(*words: str | None) -> str:
    return next(each for each in words if each is not None)


@dataclass(frozen=True)
class Fault:
    """One fault: what kind it is, where, what was found, what is allowed, and why.

    ``kind`` and ``place`` are for machines, ``str(fault)`` is for people. ``cite``
    is where the rule is; ``fix`` says how to mend it.

    >>> print(Fault(FaultKind.OUT_OF_RANGE, Place(argument="depth"), "-1", "0 or more"))
    arguments: depth: found -1; allowed: 0 or more
    """

    kind: FaultKind
    place: Place
    found: str
    allowed: str
    cite: str = ""
    fix: str = ""

    def __str__(self) -> str:
        """The fault in one line."""
        cite = f" [{self.cite}]" if self.cite else ""
        fix = f"; {self.fix}" if self.fix else ""
        place, what = self.place.words
        where, found = (_shortened(each) for each in (place, self.found))
        if self.place.line is not None and not where.startswith("line "):
            where = f"{where}, line {self.place.line}"
        words = f"{where}: {what or '(blank)'}: found {found}; allowed: {self.allowed}{cite}{fix}"
        return visible(words)


def unknown_name(
    place: Place, found: str, allowed: str, known: Iterable[str], cite: str = ""
) -> Fault:
    """A name (the last word of the place) that is none of the known ones."""
    fix = nearest(place.words[1], known)
    return Fault(FaultKind.UNKNOWN_NAME, place, found, allowed, cite, fix)


def unknown_unit(place: Place, unit_id: object, allowed: str, known: Iterable[str]) -> Fault:
    """An id that no unit has, in a place that says so itself (``within``)."""
    of_unit, fix = replace(place, unit=as_name(unit_id)), nearest(as_name(unit_id), known)
    return Fault(FaultKind.UNKNOWN_UNIT, of_unit, described(unit_id), allowed, fix=fix)


def several_scenarios(
    place: Place, found: str = "several scenarios", allowed: str = "one state", fix: str = ""
) -> Fault:
    """Several scenarios, where one state is asked about."""
    return Fault(FaultKind.SEVERAL_SCENARIOS, place, found, allowed, fix=fix)


# One a kind: a place, what was found, what is allowed, the cite and the fix.
unsuitable_name: partial[Fault] = partial(Fault, FaultKind.UNSUITABLE_NAME)
missing: partial[Fault] = partial(Fault, FaultKind.MISSING)
repeated: partial[Fault] = partial(Fault, FaultKind.REPEATED)
wrong_type: partial[Fault] = partial(Fault, FaultKind.WRONG_TYPE)
malformed: partial[Fault] = partial(Fault, FaultKind.MALFORMED)
out_of_range: partial[Fault] = partial(Fault, FaultKind.OUT_OF_RANGE)
contradiction: partial[Fault] = partial(Fault, FaultKind.CONTRADICTION)
unreadable: partial[Fault] = partial(Fault, FaultKind.UNREADABLE_FILE)
too_large: partial[Fault] = partial(Fault, FaultKind.TOO_LARGE)
not_known: partial[Fault] = partial(Fault, FaultKind.NOT_KNOWN)
not_computed: partial[Fault] = partial(Fault, FaultKind.NOT_COMPUTED)
no_result: partial[Fault] = partial(Fault, FaultKind.NO_RESULT)


class InputError(ValueError):
    """What was handed in cannot be used.

    ``faults`` has every fault there is; of those in the cells of a table at most
    10,000 of a kind. The words of the error have a line a cause, with the count.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """All faults at once."""
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """The count, and a line a cause."""
        count, lines = len(self.faults), by_cause(self.faults)
        shown = [f"  {line}" for line in lines[:SHOWN]]
        more = len(lines) - SHOWN
        rest = [f"  ... and {more:,} more, all in .faults"] if more > 0 else []
        return "\n".join([f"{count:,} fault{'s' * (count != 1)}", *shown, *rest])


def by_cause(faults: Iterable[Fault]) -> list[str]:
    """The faults in words, a line a cause.

    Faults of a column that differ by their units and by what was found alone are one line,
    with their count and the first units; so are columns in which the same is wrong.
    """
    faults = [*faults]
    or_more = " or more" if len(faults) >= MOST_FAULTS else ""
    of_column: dict[Hashable, list[Fault]] = {}
    for fault in faults:
        of_column.setdefault(_cause(fault), []).append(fault)
    of_columns: dict[Hashable, list[list[Fault]]] = {}
    for place, group in enumerate(of_column.values()):
        first = group[0]
        where = (first.place.words[0], first.found) if _one_of(first) is None else place
        same = (*_rule(first), *map(_one_of, group))
        of_columns.setdefault((same, first.place.column is None and where), []).append(group)
    lines = []
    for groups in of_columns.values():
        if len(groups) < _COLUMNS_OF_ONE_CAUSE:
            lines += [_in_words(group, group[0].place.words[1], or_more) for group in groups]
        else:
            columns = [group[0].place.words[1] for group in groups]
            what = f"{len(groups):,} columns ({_some(columns)})"
            cites = {group[0].cite for group in groups}
            group = groups[0] if len(cites) == 1 else [replace(f, cite="") for f in groups[0]]
            lines.append(_in_words(group, what, or_more))
    return lines


_COLUMNS_OF_ONE_CAUSE = 4
"""Columns with the same fault that are told as one."""

_NAMED = 3
"""Units or columns of a cause that are named."""

_OF_ONE = re.compile(r"[0-9A-Z]{10,15}|[+-]?[0-9][0-9.,]*(e[+-]?[0-9]+)?")
"""Ids and numbers, which differ from unit to unit."""


def _rule(fault: Fault) -> tuple[Hashable, ...]:
    """What was to be, whichever unit it is about."""
    allowed, fix = (_OF_ONE.sub("#", each) for each in (fault.allowed, fault.fix))
    return fault.kind, allowed, fix, fault.found == "blank"


def _cause(fault: Fault) -> Hashable:
    """What the faults of one cause in a column share."""
    place = fault.place
    if _one_of(fault) is None:
        return fault
    within = place.file, place.sheet, place.scenario, place.argument
    what = "" if place.line is not None and place.unit is None else place.words[1]
    return (*_rule(fault), fault.cite, *within, what)


def _one_of(fault: Fault) -> str | None:
    """Which unit, line or row of many a fault is about; None where it is about no such."""
    place = fault.place
    if place.unit is not None:
        return place.unit
    if place.line is not None:
        return f"line {place.line}"
    return None if place.row is None else f"row {place.row}"


def _in_words(group: Sequence[Fault], what: str, or_more: str) -> str:
    """Faults of one cause in a line; there may be more of them than were looked for."""
    first, place = group[0], group[0].place
    if len(group) == 1 and what == place.words[1]:
        return str(first)
    ones = [one for one in map(_one_of, group) if one is not None]
    counted = "units" if place.unit is not None else "rows" if place.line is None else "lines"
    who = f"{len(ones):,} {counted}{or_more}" if len(ones) > 1 else "".join(ones)
    scenario = "" if place.scenario is None else f"scenario {place.scenario}"
    file = "" if place.file is None or place.unit is not None else _shortened(place.file)
    within = "" if ones else place.words[0]
    what = "" if what.startswith("row ") else what
    where = ": ".join(filter(None, (scenario, file, within, who, what)))
    found = [_shortened(each.found) for each in group]
    if len({*found}) == 1:
        said = f"{found[0]} ({_some(ones)})" if len(ones) > 1 else found[0]
    else:
        pairs = [f"{each} ({one})" for each, one in zip(found[:_NAMED], ones, strict=False)]
        said = ", ".join(pairs) + ", ..." * (len(ones) > _NAMED)
    cite = f" [{first.cite}]" if first.cite else ""
    fix = f"; {first.fix}" if first.fix else ""
    return visible(f"{where}: found {said}; allowed: {first.allowed}{cite}{fix}")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + ", ..." * (len(names) > _NAMED)


def described(value: object) -> str:
    """A value as Python writes it, shortened; of what cannot be written, its type.

    >>> described("12a"), described(10**5000)
    ("'12a'", 'a value of type int')
    """
    try:
        return _REPR.repr(value)
    except Exception:  # noqa: BLE001 - what is handed over may fail in any way
        return f"a value of type {type(value).__name__}"


def as_name(value: object) -> str:
    """A name as it is; what is no text, as Python writes it."""
    return value if isinstance(value, str) else described(value)


def check_type(argument: str, said: object, kinds: type | tuple[type, ...], allowed: str) -> None:
    """Refuse an argument of another type; True and False are no numbers."""
    is_bare = kinds is Iterable and getattr(said, "ndim", 1) == 0  # an array of no axis
    if not isinstance(said, kinds) or is_bare or (isinstance(said, bool) and kinds is not bool):
        raise InputError([wrong_type(Place(argument=argument), described(said), allowed)])


def visible(text: str) -> str:
    r"""The text with what does not show, or moves what does, written as escapes.

    >>> visible("unit_id\u200b\n")
    'unit_id\\u200b\\n'
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name most like ``name``, empty where none is.

    >>> nearest("adequacy_tarjet", ["adequacy_target", "tier"])
    'nearest known: adequacy_target'
    """
    found: Sequence[str] = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"nearest known: {found[0]}" if found else ""


def require(library: str, extra: str) -> None:
    """Refuse, where a library is missing that an extra would install."""
    if find_spec(library) is None:
        fix = f"pip install 'illinois-ebf[{extra}]'"
        place = Place("installation", library)
        raise InputError([Fault(FaultKind.NOT_INSTALLED, place, "missing", "installed", fix=fix)])
