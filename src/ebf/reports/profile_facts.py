"""The facts of a policy profile as a file declares them: what each says, and where it is from.

Holds: FactFile, BRACES, TABLES, Fact, FactsFile, read_facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import IO, Any, Final, TypeAlias

from ebf.faults import (
    Fault,
    InputError,
    Place,
    contradiction,
    described,
    malformed,
    missing,
    out_of_range,
    unknown_name,
    wrong_type,
)
from ebf.files import read_toml
from ebf.language.measure import Measure
from ebf.law.names import NameKind, columns_of_statute, known_names
from ebf.law.parameters import element_owners, identifier_of, parameters_of
from ebf.law.statutes import STATUTES
from ebf.numbers import number_of

FactFile: TypeAlias = str | PathLike[str] | bytes | IO[bytes]
"""A TOML file of facts: its path, its bytes, or one opened."""

BRACES: Final = re.compile(r"\{([^{}]*)\}")
"""A number of a statement, by its name."""
TABLES: Final = frozenset({"differences", "since_national", "numbers"})
"""The tables of a profile that are of no topic."""
_FROM_THE_LAW: Final = ("parameter", "line", "count", "share")
_FROM_OUTSIDE: Final = ("cite", "source", "value", "measure", "known")
_OF_A_FACT: Final = (
    *("topic", "statement", "statute", "first_year", "last_year", "changed"),
    *(*_FROM_THE_LAW, *_FROM_OUTSIDE),
)
_OF_A_FILE: Final = ("state", "statute", "national", "topics", "facts")
_OF_THE_NATIONAL: Final = ("name", "years", "fiscal_year")
_COLUMNS: Final = (NameKind.LINE, NameKind.INPUT, NameKind.SALARY)
_PAIR: Final = 2


@dataclass(frozen=True)
class Fact:
    """A fact as it is declared.

    ``numbers`` are single numbers of the law by the names that the statement has for them,
    ``values`` those that are known from outside. ``known`` are the first and the last year that
    the source speaks of; ``first_year`` and ``last_year`` those in which the fact is in force.
    ``changed`` is how it differs from the national profile, where no number says so.
    """

    key: str
    topic: str
    statement: str
    statute: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    count: tuple[str, str] | None = None
    share: tuple[str, str] | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    measure: Measure | None = None
    cite: str = ""
    source: str = ""
    known: tuple[int, int] | None = None
    first_year: int | None = None
    last_year: int | None = None
    changed: str = ""

    @property
    def is_of_the_law(self) -> bool:
        """Whether it is made from the law in force, and not known from outside."""
        return bool(self.numbers or self.lines or self.count or self.share)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all its numbers."""
        made = [name for name in ("count", "share") if getattr(self, name)]
        return (*self.numbers, *self.values, *made)

    @property
    def origin(self) -> str:
        """Where it is from, in words."""
        return self._origin(", ".join)

    @property
    def origin_in_short(self) -> str:
        """Where it is from, with the name of a parameter or line where there is one alone."""
        return self._origin(lambda names: names[0] if len(names) == 1 else str(len(names)))

    def _origin(self, listed: Callable[[Sequence[str]], str]) -> str:
        if not self.is_of_the_law:
            return f"outside: {self.source}"
        owners = (element_owners()[identifier_of(each)][0].name for each in self.numbers.values())
        parts = [
            f"{kind}{'s' * (len(names) > 1)}: {listed(names)}"
            for kind, names in (("parameter", [*dict.fromkeys(owners)]), ("line", self.lines))
            if names
        ]
        parts += ["lines counted"] if self.count else []
        parts += ["a ledger's sums"] if self.share else []
        return "; ".join(parts)


@dataclass(frozen=True)
class FactsFile:
    """What a file of facts declares: the state, its topics by their titles, its facts in order.

    ``national`` is the national profile that changes are told from, and ``national_year`` the
    fiscal year that it stands for; None where the file names none.
    """

    state: str
    statute: str
    national: str
    national_year: int | None
    topics: Mapping[str, str]
    facts: tuple[Fact, ...]


def read_facts(path: FactFile) -> FactsFile:
    """The facts of a file, checked whole; InputError with every fault at once."""
    content = read_toml(path)
    name = str(path) if isinstance(path, (str, PathLike)) else "facts"
    return _Reader(name, content).read()


@dataclass(frozen=True)
class _Reader:
    """A file's content, and the faults found in it so far."""

    file: str
    content: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def place(self, *keys: str) -> Place:
        return Place(file=self.file, column=".".join(keys))

    def read(self) -> FactsFile:
        self.known_keys(self.content, _OF_A_FILE)
        statute = self.section(self.content, "")
        national = self.table(self.content, "national")
        self.known_keys(national, _OF_THE_NATIONAL, "national")
        topics = self.table(self.content, "topics")
        topics = {key: self.text(topics, key, "topics") for key in topics}
        declared = self.table(self.content, "facts")
        if not declared:
            self.faults.append(missing(self.place("facts"), "no fact", "a table a fact"))
        state = self.text(self.content, "state")
        year = self.year(national, "fiscal_year", "national") if national else None
        name = self.text(national, "name", "national") if national else ""
        if national and year is None and "fiscal_year" not in national:
            place = self.place("national", "fiscal_year")
            self.faults.append(missing(place, "blank", "the fiscal year that it stands for"))
        years = national.get("years", "")
        facts = [
            self.fact(key, each, topics, statute)
            for key, each in ((key, self.table(declared, key, "facts")) for key in declared)
        ]
        self.check_together(topics, facts, is_compared=bool(national))
        if self.faults:
            raise InputError(self.faults)
        national_name = f"{name}, {years}" if years else name
        return FactsFile(
            state, statute, national_name, year, MappingProxyType(topics), tuple(facts)
        )

    # --- A fact ------------------------------------------------------------------------

    def fact(
        self, key: str, said: Mapping[str, Any], topics: Mapping[str, str], statute: str
    ) -> Fact:
        self.known_keys(said, _OF_A_FACT, "facts", key)
        within = ("facts", key)
        topic = self.text(said, "topic", *within)
        if topic and topic not in topics:
            place = Place(file=self.file, column=topic, argument=f"facts.{key}.topic")
            allowed = "one of [topics]"
            self.faults.append(unknown_name(place, f"topic {topic!r}", allowed, topics))
        section = self.section(said, statute, *within) or statute
        first, last = (self.year(said, name, *within) for name in ("first_year", "last_year"))
        if first is not None and last is not None and first > last:
            self.faults.append(
                contradiction(self.place(*within, "last_year"), str(last), f"{first} or later")
            )
        is_of_the_law = any(name in said for name in _FROM_THE_LAW)
        more = self.of_the_law if is_of_the_law else self.from_outside
        fact = Fact(
            key=key,
            topic=topic,
            statement=self.text(said, "statement", *within),
            statute=section,
            first_year=first,
            last_year=last,
            changed=self.text(said, "changed", *within) if "changed" in said else "",
            **more(key, said, section),
        )
        self.check_braces(fact)
        return fact

    def of_the_law(self, key: str, said: Mapping[str, Any], section: str) -> dict[str, Any]:
        """What is made from the law in force; its sources are the law's own, and its cite too.

        A parameter may carry what several sections say: then the fact has a cite of its own.
        """
        within = ("facts", key)
        for name in (name for name in _FROM_OUTSIDE if name in said and name != "cite"):
            place, allowed = self.place(*within, name), "none beside parameter, line, count, share"
            found, fix = described(said[name]), "leave it out: it is read from the law"
            self.faults.append(contradiction(place, found, allowed, fix=fix))
        if not section:
            place, allowed = self.place(*within, "statute"), f"one of {', '.join(STATUTES)}"
            self.faults.append(missing(place, "blank", allowed))
            return {}
        return {
            "cite": self.text(said, "cite", *within) if "cite" in said else "",
            "numbers": self.parameters(said.get("parameter", ()), section, *within),
            "lines": self.columns(said.get("line", ()), section, *within, "line"),
            "count": self.counted(said["count"], *within) if "count" in said else None,
            "share": self.pair(said["share"], section, *within) if "share" in said else None,
        }

    def from_outside(self, key: str, said: Mapping[str, Any], _: str) -> dict[str, Any]:
        """What is known from outside the formula: cited, dated, with a source."""
        within = ("facts", key)
        value, values = said.get("value", {}), dict[str, float]()
        named = value if isinstance(value, Mapping) else {"value": value}
        words, measure = said.get("measure"), None
        if "value" in said or words is not None:
            if isinstance(words, str) and words in [*Measure]:
                measure = Measure(words)
            else:
                place, allowed = self.place(*within, "measure"), f"one of {', '.join(Measure)}"
                make = missing if words is None else out_of_range
                found = "blank" if words is None else described(words)
                self.faults.append(make(place, found, allowed))
        for name, cell in named.items():
            number = number_of(cell) if not isinstance(cell, str) else None
            low, high = measure.range if measure else (float("-inf"), float("inf"))
            if number is not None and low <= number <= high:
                values[name] = float(number)
            else:
                allowed = measure.allowed if measure else "a number"
                self.faults.append(
                    out_of_range(self.place(*within, "value", name), described(cell), allowed)
                )
        fix = 'where it is not in hand, say so: cite = "not in hand"'
        return {
            "values": values,
            "measure": measure,
            "cite": self.text(said, "cite", *within, fix=fix),
            "source": self.text(said, "source", *within),
            "known": self.years_known(said["known"], *within) if "known" in said else None,
        }

    def check_together(
        self, topics: Mapping[str, str], facts: Iterable[Fact], *, is_compared: bool
    ) -> None:
        """Refuse topics that are called as other tables are, and changes from nothing."""
        for key in TABLES & topics.keys():
            place, allowed = (
                self.place("topics", key),
                f"another name than {', '.join(sorted(TABLES))}",
            )
            self.faults.append(contradiction(place, key, allowed))
        for key in (fact.key for fact in facts if fact.changed and not is_compared):
            place, allowed = self.place("facts", key, "changed"), "with a table [national]"
            self.faults.append(contradiction(place, "a change since no profile", allowed))

    def check_braces(self, fact: Fact) -> None:
        """Refuse a statement with a number that the fact has not."""
        names = fact.names
        for name in dict.fromkeys(BRACES.findall(fact.statement)):
            if name not in names:
                argument = f"facts.{fact.key}.statement"
                place = Place(file=self.file, column=name or "{}", argument=argument)
                allowed = f"a number of the fact: {', '.join(names) or 'it has none'}"
                self.faults.append(unknown_name(place, f"{{{name}}}", allowed, names))

    # --- What it is made from ------------------------------------------------------------

    def parameters(self, said: object, section: str, *within: str) -> dict[str, str]:
        """Single numbers of the law, by the names that the statement has for them."""
        if isinstance(said, Mapping):
            named = {str(name): self.known_number(each, section, *within)
                     for name, each in said.items()}  # fmt: skip
            return {name: each[0] for name, each in named.items() if len(each) == 1}
        return {
            element: element
            for each in self.names(said, *within, "parameter")
            for element in self.known_number(each, section, *within, whole=True)
        }

    def known_number(
        self, name: object, section: str, *within: str, whole: bool = False
    ) -> tuple[str, ...]:
        """The single numbers behind a name of the law: one, or of a ``whole`` parameter all."""
        place = Place(file=self.file, column=str(name), argument=".".join((*within, "parameter")))
        owner, own = element_owners().get(identifier_of(str(name))), parameters_of(section)
        if owner is None or owner[0].identifier not in own:
            known = [each for p in own.values() for each in (p.name, *p.elements)]
            allowed = f"a number of {section}, as ebf.law(YEAR, statute={section!r}) lists them"
            self.faults.append(unknown_name(place, "no parameter of that name", allowed, known))
            return ()
        parameter, element = owner
        found = (element,) if element in parameter.elements else parameter.elements
        if len(found) > 1 and not whole:
            allowed = f"one of {', '.join(found)}"
            self.faults.append(contradiction(place, f"{len(found)} numbers", allowed))
            return ()
        return found

    def columns(self, said: object, section: str, *within: str) -> tuple[str, ...]:
        """Lines, inputs and salaries of a statute."""
        statute = STATUTES[section]
        own = {*statute.names, *columns_of_statute(section)}
        known = [n for n in own if n in known_names() and known_names()[n].kind in _COLUMNS]
        names = self.names(said, *within)
        for name in names:
            if name not in known:
                place = Place(file=self.file, column=name, argument=".".join(within))
                allowed = f"a line of {section}, or an input or salary that its lines read"
                self.faults.append(unknown_name(place, "no line of that name", allowed, known))
        return names

    def counted(self, said: object, *within: str) -> tuple[str, str] | None:
        """The beginning of a cite, and the ending of names, by which lines are counted."""
        if isinstance(said, Mapping) and {*said} == {"cite", "ending"}:
            return (
                self.text(said, "cite", *within, "count"),
                self.text(said, "ending", *within, "count"),
            )
        allowed = '{ cite = "...", ending = "..." }'
        self.faults.append(wrong_type(self.place(*within, "count"), described(said), allowed))
        return None

    def pair(self, said: object, section: str, *within: str) -> tuple[str, str] | None:
        """The columns of a ledger of which a share is made."""
        names = self.columns(said, section, *within, "share")
        if len(names) == _PAIR:
            return names[0], names[1]
        allowed = "two columns of a ledger: the part, and the whole"
        self.faults.append(malformed(self.place(*within, "share"), described(said), allowed))
        return None

    # --- Single entries ----------------------------------------------------------------

    def known_keys(self, said: Mapping[str, Any], allowed: Iterable[str], *within: str) -> None:
        allowed = [*allowed]
        for key in said:
            if key not in allowed:
                place = Place(file=self.file, column=key, argument=".".join(within) or None)
                words = ", ".join(allowed)
                self.faults.append(unknown_name(place, "unknown key", words, allowed))

    def table(self, said: Mapping[str, Any], key: str, *within: str) -> Mapping[str, Any]:
        found = said.get(key, {})
        if isinstance(found, Mapping):
            return found
        self.faults.append(wrong_type(self.place(*within, key), described(found), "a table"))
        return {}

    def text(self, said: Mapping[str, Any], key: str, *within: str, fix: str = "") -> str:
        found = said.get(key)
        if isinstance(found, str) and found.strip():
            return found
        place = self.place(*within, key)
        if found is None or isinstance(found, str):
            self.faults.append(missing(place, "blank", "text", fix=fix))
        else:
            self.faults.append(wrong_type(place, described(found), "text"))
        return ""

    def names(self, said: object, *within: str) -> tuple[str, ...]:
        names = [said] if isinstance(said, str) else said
        if isinstance(names, (list, tuple)) and all(isinstance(each, str) for each in names):
            return tuple(names)
        allowed = "a name, or a list of names"
        self.faults.append(wrong_type(self.place(*within), described(said), allowed))
        return ()

    def section(self, said: Mapping[str, Any], otherwise: str, *within: str) -> str:
        found = said.get("statute", otherwise)
        if found == otherwise or found in [*STATUTES]:
            return str(found)
        place = self.place(*within, "statute")
        allowed = f"one of {', '.join(STATUTES)}"
        self.faults.append(out_of_range(place, described(found), allowed))
        return otherwise

    def year(self, said: Mapping[str, Any], key: str, *within: str) -> int | None:
        found = said.get(key)
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        place = self.place(*within, key)
        self.faults.append(wrong_type(place, described(found), "a fiscal year: 2022"))
        return None

    def years_known(self, said: object, *within: str) -> tuple[int, int] | None:
        make = partial(malformed, self.place(*within, "known"), described(said))
        allowed = "the first and the last fiscal year known, in order: [2018, 2019]"
        match said:
            case [int(first), int(last)] if first <= last and bool not in map(type, said):
                return first, last
        self.faults.append(make(allowed))
        return None
