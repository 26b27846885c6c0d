"""Formulas in words: the rule of a term with plain names, and the branch that values take.

Nothing is computed here but which branch is taken. Names stay objects in the pieces, so that
whoever shows them can make links of them.

Holds: Called, Piece, Pieces, Wording, Reason, Decided, as_text, rule_in_words, numbers_in_words,
reasons_in_words, decided, parts_with_values, Said.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import isnan
from typing import Any, Final, NamedTuple, TypeAlias

from ebf.language.formula_text import AGGREGATES, evaluate_parts
from ebf.language.symbols import Name, Operation, Term


class Called(NamedTuple):
    """What a name is called where it stands, and the name."""

    text: str
    name: Name


Piece: TypeAlias = str | Called
Pieces: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True)
class Wording:
    """What names and codes are called.

    ``band`` is the band of a name, empty where it has one alone. ``clause`` is what a flag
    says, in full (``the unit is in Tier 1``), and what it says where it is 0; None for a
    name that is no flag.
    """

    called: Callable[[Name], str]
    band: Callable[[Name], str]
    clause: Callable[[Name], tuple[str, str] | None]
    code: Callable[[str], str]


class Reason(NamedTuple):
    """A comparison or a flag, and whether it holds."""

    term: Term
    holds: bool


class Decided(NamedTuple):
    """A term without the branches that were not taken, and why they were not."""

    term: Term
    reasons: tuple[Reason, ...]


_PHRASE, _SUM, _PRODUCT, _ATOM = 1, 5, 6, 9
"""How tightly words bind: a phrase within a sum stands in parentheses."""
_SIGNS: Final = {"+": "+", "-": "−", "*": "×", "/": "÷", "divide": "÷"}  # noqa: RUF001 - typeset
_STATEMENTS: Final = frozenset({"less", "equal", "and", "or", "not", "is_blank"})
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_EXTREMES: Final = {"minimum": ("lesser", "least", min), "maximum": ("greater", "greatest", max)}


def as_text(pieces: Iterable[Piece]) -> str:
    """Pieces as plain text."""
    return "".join(each if isinstance(each, str) else each.text for each in pieces)


def rule_in_words(term: Term, wording: Wording, *, bands: bool = True) -> Pieces:
    """A term in words, with names alone and every branch; ``bands`` with the band of each name.

    >>> wording = Wording(lambda name: name.column.title(), lambda name: "", lambda name: None, str)
    >>> gap, rate = Name("gap", "gap", 0), Name("rate", "rate", 0)
    >>> as_text(rule_in_words(Operation("minimum", (gap + rate, 1)), wording))
    'the lesser of Gap + Rate and 1'
    """
    banded = None if bands else _in_several_bands(term)
    return _Speaker(wording, banded=banded).value(_plain(term))[0]


def numbers_in_words(
    term: Term,
    wording: Wording,
    number: Callable[[Term], str],
    value_of: Callable[[Term], Any],
) -> Pieces:
    """A decided term with numbers for names, and which of several is the least or greatest.

    ``number`` is what stands for a name, or for an operation that takes many values in.
    """
    return _Speaker(wording, number, value_of).value(_plain(term))[0]


def reasons_in_words(
    reasons: Sequence[Reason],
    wording: Wording,
    number: Callable[[Term], str] | None = None,
    *,
    bands: bool = True,
) -> Pieces:
    """Why a branch is taken, in a clause; with a number behind what is compared, if asked.

    >>> wording = Wording(lambda name: name.column.title(), lambda name: "", lambda name: None, str)
    >>> less = Operation("less", (Name("gap", "gap", 0), Name("rate", "rate", 0)))
    >>> as_text(reasons_in_words([Reason(less, False)], wording, lambda term: "3"))
    'Gap (3) is not less than Rate (3)'
    """
    banded = None if bands else _in_several_bands(*(each.term for each in reasons))
    speaker = _Speaker(wording, banded=banded)
    said = (speaker.statement(each.term, holds=each.holds, number=number) for each in reasons)
    return _joined([pieces for pieces, _ in said], " and ")


def decided(term: Term, value_of: Callable[[Term], Any]) -> Decided:
    """A term with the branches that values take, compared as the computation compares.

    ``value_of`` is what a name comes to, or an operation that takes many values in; what such
    an operation does for other units is left as it is.
    """
    reasons: dict[Reason, None] = {}

    def holds(condition: Term) -> bool:
        return bool(evaluate_parts(condition, value_of))

    def without_branches(part: Term) -> Term:
        if not isinstance(part, Operation) or part.operator in AGGREGATES:
            return part
        if part.operator == "where":
            condition, then, otherwise = part.operands
            is_so = holds(condition)
            for each in _because(condition, is_so, holds):
                reasons.setdefault(each)
            return without_branches(then if is_so else otherwise)
        if part.operator == "mean_of_reported":
            return without_branches(_reported(part, holds, reasons))
        if part.operator in _STATEMENTS:
            return part
        return Operation(part.operator, tuple(map(without_branches, part.operands)))

    plain = _plain(term)
    if isinstance(plain, Operation) and plain.operator in _STATEMENTS:
        return Decided(plain, tuple(_because(plain, holds(plain), holds)))
    if not _has_branches(plain):
        return Decided(plain, ())
    found = without_branches(plain)
    return Decided(_plain(found), _telling(reasons))


def _telling(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons, but for what a thing is not where it is said what it is."""
    known = {_subject(each.term) for each in reasons if each.holds} - {None}
    return tuple(each for each in reasons if each.holds or _subject(each.term) not in known)


def _subject(term: Term) -> Term | None:
    """What is compared with a code."""
    if isinstance(term, Operation) and term.operator == "equal" and not _is_symbol(term, 1):
        return term.operands[0]
    return None


@cache
def _has_branches(term: Term) -> bool:
    """Whether a branch is taken in a term for the unit itself."""
    if not isinstance(term, Operation) or term.operator in AGGREGATES:
        return False
    is_one = term.operator in {"where", "mean_of_reported"}
    return is_one or any(map(_has_branches, term.operands))


def _reported(part: Operation, holds: Callable[[Term], bool], reasons: dict[Reason, None]) -> Term:
    """The mean of two, or the one that is not blank."""
    first, second = part.operands
    for one, other in ((first, second), (second, first)):
        blank = Operation("is_blank", (one,))
        if holds(blank):
            reasons.setdefault(Reason(blank, True))  # noqa: FBT003 - it holds
            return other
    return Operation("/", (Operation("+", (first, second)), 2))


@cache
def parts_with_values(term: Term) -> tuple[Name | Operation, ...]:
    """The names of a term, and what takes many values in as a whole, each once."""
    found: dict[Name | Operation, None] = {}

    def visit(part: Term) -> None:
        if isinstance(part, Name) or (isinstance(part, Operation) and part.operator in AGGREGATES):
            found.setdefault(part)
        elif isinstance(part, Operation):
            for each in part.operands:
                visit(each)

    visit(_plain(term))
    return tuple(found)


def _in_several_bands(*terms: Term) -> frozenset[str]:
    """The names that terms read in more than one band, so that each must say its own."""
    columns: dict[str, set[str]] = {}
    for term in terms:
        for part in parts_with_values(term):
            if isinstance(part, Name):
                columns.setdefault(part.name, set()).add(part.column)
    return frozenset(name for name, found in columns.items() if len(found) > 1)


# --- Why -------------------------------------------------------------------------


def _because(condition: Term, is_so: bool, holds: Callable[[Term], bool]) -> Iterator[Reason]:  # noqa: FBT001 - of a condition
    """The comparisons and flags that a condition's truth hangs on, and no others."""
    if not isinstance(condition, Operation):
        if isinstance(condition, Name):
            yield Reason(condition, is_so)
        return
    match condition.operator:
        case "not":
            yield from _because(condition.operands[0], not is_so, holds)
        case "and" | "or" if is_so == (condition.operator == "and"):
            if condition.operator == "or" and _same_subject(condition):
                yield Reason(condition, is_so)
                return
            for each in condition.operands:
                yield from _because(each, is_so, holds)
        case "and" | "or":
            decisive = next(each for each in condition.operands if holds(each) == is_so)
            yield from _because(decisive, is_so, holds)
        case "where":
            within, then, otherwise = condition.operands
            is_then = holds(within)
            yield from _because(within, is_then, holds)
            yield from _because(then if is_then else otherwise, is_so, holds)
        case _:
            yield Reason(condition, is_so)


# --- Plainer terms ----------------------------------------------------------------


@cache
def _plain(term: Term) -> Term:
    """A term without what only gives arrays their shape: ``1 + 0 * x`` is 1.

    What takes many values in stays itself: by it others know its value.
    """
    if not isinstance(term, Operation) or term.operator in AGGREGATES:
        return term
    operands = tuple(map(_plain, term.operands))
    match term.operator, operands:
        case "*", (0, _) | (_, 0):
            return 0
        case "+", (0, other) | (other, 0):
            return other
        case "-", (other, 0):
            return other
        case "where", (Operation("equal", (one, other)), then, _) if one == other:
            return then
    return term if operands == term.operands else Operation(term.operator, operands)


def _without_where(term: Term) -> Term:
    """A condition that branches, as one of ``and`` and ``or``."""
    if not isinstance(term, Operation) or term.operator != "where":
        return term
    condition, then, otherwise = term.operands
    first = _both(condition, _without_where(then))
    second = _both(Operation("not", (condition,)), _without_where(otherwise))
    return second if first == 0 else first if second == 0 else Operation("or", (first, second))


def _both(first: Term, second: Term) -> Term:
    if isinstance(second, (Name, Operation)):
        return Operation("and", (first, second))
    return first if second else 0


def _chain(term: Term, operator: str) -> list[Term]:
    """What one operator joins, however it is nested."""
    if isinstance(term, Operation) and term.operator == operator:
        return [part for each in term.operands for part in _chain(each, operator)]
    return [term]


def _same_subject(term: Term) -> tuple[Term, list[Term]] | None:
    """What is compared with several codes, ``a == 1 or a == 2``, and the codes."""
    each = _chain(term, "or")
    pairs = [
        part.operands
        for part in each
        if isinstance(part, Operation) and part.operator == "equal" and not _is_symbol(part, 1)
    ]
    if len(pairs) < len(each) or len({pair[0] for pair in pairs}) > 1:
        return None
    return pairs[0][0], [pair[1] for pair in pairs]


def _is_symbol(term: Operation, place: int) -> bool:
    return isinstance(term.operands[place], (Name, Operation))


@cache
def _is_flag(term: Term) -> bool:
    return isinstance(term, Operation) and term.operator in _STATEMENTS


def _joined(parts: Sequence[Pieces], last: str) -> Pieces:
    """Parts with commas between them, and ``last`` before the last one."""
    *before, end = parts
    return (*_between(before, ", "), last, *end) if before else end


def _between(parts: Sequence[Pieces], sign: str) -> Pieces:
    """Parts with a sign between them."""
    return tuple(x for n, part in enumerate(parts) for x in ((sign,) * bool(n) + part))


Said: TypeAlias = tuple[Pieces, int]
"""Pieces, and how tightly they bind."""


@dataclass(frozen=True)
class _Speaker:
    """Says terms: with names; or, where there are numbers, with those."""

    wording: Wording
    number: Callable[[Term], str] | None = None
    value_of: Callable[[Term], Any] | None = None
    banded: Container[str] | None = None
    """The names that are said with their bands; None: all."""

    def name(self, name: Name) -> Called:
        """What a name is called, its band behind it."""
        band = self.wording.band(name) if self.banded is None or name.name in self.banded else ""
        called = self.wording.called(name)
        return Called(f"{called} ({band})" if band else called, name)

    # Values

    def value(self, term: Term) -> Said:
        """A term where a value stands."""
        if isinstance(term, (float, int, str)):
            return self._constant(term)
        assert isinstance(term, (Name, Operation))  # noqa: S101 - there are no other symbols
        if self.number and (isinstance(term, Name) or term.operator in AGGREGATES):
            return self._filled_in(term)
        if isinstance(term, Name):
            return (self.name(term),), _ATOM
        if term.operator in _STATEMENTS:
            return self.statement(term, holds=True)
        return self._operation(term)

    def _filled_in(self, term: Name | Operation) -> Said:
        assert self.number  # noqa: S101 - asked before
        text = self.number(term)
        return (text,), (_ATOM if text[:1] not in {"-", "−"} else _SUM)  # noqa: RUF001 - typeset

    def _constant(self, term: float | str) -> Said:
        if isinstance(term, str):
            return (self.wording.code(term),), _ATOM
        return (f"{term:g}".replace("-", "−"),), (_ATOM if term >= 0 else _SUM)  # noqa: RUF001 - typeset

    def within(self, term: Term, least: int) -> Pieces:
        """A term within another, in parentheses where it binds less."""
        pieces, binds = self.value(term)
        return pieces if binds >= least else ("(", *pieces, ")")

    def _operation(self, term: Operation) -> Said:  # noqa: PLR0911 - a kind of operation a line
        operator, operands = term.operator, term.operands
        if operator in _SIGNS:
            return self._arithmetic(operator, operands[0], operands[1])
        if operator in _EXTREMES:
            return self._extreme(term)
        if operator == "where":
            return self._cases(term)
        if operator in {"truncate", "truncate_difference"}:
            cut = self.within(operands[0], _ATOM)
            if operands[1] == 0:
                return ("the whole part of ", *cut), _PHRASE
            return (*cut, f" cut to {operands[1]:g} decimals"), _PHRASE
        if operator == "mean_of_reported":
            both = _joined([self.within(each, _SUM) for each in operands], " and ")
            return ("the mean of ", *both, ", or the one that is not blank"), _PHRASE
        if operator == "square_root":
            return ("the square root of ", *self.within(operands[0], _ATOM)), _PHRASE
        if operator == "normal_cdf":
            at = self.within(operands[0], _ATOM)
            return ("the normal distribution's part below ", *at), _PHRASE
        return _aggregate(self, term)

    def _arithmetic(self, operator: str, left: Term, right: Term) -> Said:
        binds = _SUM if operator in {"+", "-"} else _PRODUCT
        if operator == "-" and left == 0:
            return ("−", *self.within(right, _PRODUCT)), _SUM  # noqa: RUF001 - typeset
        is_quotient = isinstance(left, Operation) and left.operator in {"/", "divide"}
        before = self.within(left, _ATOM if binds == _PRODUCT and is_quotient else binds)
        pieces = (*before, f" {_SIGNS[operator]} ", *self.within(right, binds + 1))
        if operator == "divide" and self.value_of and not evaluate_parts(right, self.value_of):
            return (*pieces, ", which is 0 where there is nothing to divide by"), _PHRASE
        return pieces, binds

    def _extreme(self, term: Operation) -> Said:
        of_two, of_more, extreme = _EXTREMES[term.operator]
        terms = _chain(term, term.operator)
        which = of_two if len(terms) == len(term.operands) else of_more
        said = _joined([self.within(each, _SUM) for each in terms], " and ")
        if self.value_of is None:
            return (f"the {which} of ", *said), _PHRASE
        values = [float(evaluate_parts(each, self.value_of)) for each in terms]
        if any(map(isnan, values)):
            return (f"the {which} of ", *said), _PHRASE
        place = values.index(extreme(values))
        here = "which are equal" if len(set(values)) == 1 else f"here the {_ORDINALS[place]}"
        return (f"the {which} of ", *said, f", {here}"), _PHRASE

    def _cases(self, term: Operation) -> Said:
        """Every branch with its condition: ``A where C; otherwise B``."""
        said: list[Piece] = []
        rest: Term = term
        while isinstance(rest, Operation) and rest.operator == "where":
            condition, then, rest = rest.operands
            said += [*self.within(then, _SUM), " where "]
            said += [*self.statement(condition, holds=True)[0], "; "]
        return (*said, "otherwise ", *self.within(rest, _SUM)), _PHRASE

    # Statements

    def statement(  # noqa: PLR0911 - a kind of condition a line
        self, term: Term, *, holds: bool, number: Callable[[Term], str] | None = None
    ) -> Said:
        """A condition as a sentence; one that does not hold as its opposite."""
        if isinstance(term, Name):
            return self._flag(term, holds=holds), _ATOM
        if not isinstance(term, Operation):
            return (("always",) if bool(term) is holds else ("never",)), _ATOM
        match term.operator:
            case "not":
                return self.statement(term.operands[0], holds=not holds, number=number)
            case "and" | "or":
                return self._several(term, holds, number)
            case "less" | "equal":
                return self._comparison(term, holds, number), _ATOM
            case "is_blank":
                pieces = self.within(term.operands[0], _SUM)
                return (*pieces, f" is {'' if holds else 'not '}blank"), _ATOM
            case "where":
                return self.statement(_without_where(term), holds=holds, number=number)
        pieces = self.within(term, _SUM)
        return (*pieces, f" is {'not ' if holds else ''}0"), _ATOM

    def _flag(self, name: Name, *, holds: bool) -> Pieces:
        clauses = self.wording.clause(name)
        if clauses:
            return (Called(clauses[not holds], name),)
        return (self.name(name), f": {'yes' if holds else 'no'}")

    def _several(self, term: Operation, holds: bool, number: Callable[[Term], str] | None) -> Said:  # noqa: FBT001 - passed on
        subject = _same_subject(term) if term.operator == "or" else None
        if subject:
            codes = _joined([self.value(each)[0] for each in subject[1]], " or ")
            before = self._compared(subject[0], None if holds else number)
            return (*before, f" is {'' if holds else 'not '}", *codes), _ATOM
        joins = " and " if (term.operator == "and") is holds else " or "
        parts = []
        for each in _chain(term, term.operator):
            pieces, binds = self.statement(each, holds=holds, number=number)
            parts.append(pieces if binds > _PHRASE else ("(", *pieces, ")"))
        return _between(parts, joins), _PHRASE

    def _comparison(
        self,
        term: Operation,
        holds: bool,  # noqa: FBT001 - passed on
        number: Callable[[Term], str] | None,
    ) -> Pieces:
        first, second = term.operands
        no = "" if holds else "not "
        if term.operator == "less":
            if first == 0:
                return (*self._compared(second, number), f" is {no}more than 0")
            than = self._compared(second, number)
            return (*self._compared(first, number), f" is {no}less than ", *than)
        if isinstance(first, Name) and second in {0, 1} and self.wording.clause(first):
            return self._flag(first, holds=holds is bool(second))
        shown = None if holds and not isinstance(second, (Name, Operation)) else number
        to = "equal to " if isinstance(second, (Name, Operation)) else ""
        return (*self._compared(first, shown), f" is {no}{to}", *self._compared(second, shown))

    def _compared(self, term: Term, number: Callable[[Term], str] | None) -> Pieces:
        """One side of a comparison, and what it comes to."""
        is_total = isinstance(term, Operation) and term.operator in AGGREGATES
        pieces = self.value(term)[0] if is_total else self.within(term, _SUM)
        if number is None or not isinstance(term, (Name, Operation)):
            return pieces
        return (*pieces, f" ({number(term)})")


# --- What takes many values in ----------------------------------------------------


_ALL_UNITS: Final = ("all units",)


def _aggregate(speaker: _Speaker, term: Operation) -> Said:  # noqa: PLR0911 - a kind a line
    operands = tuple(map(_plain, term.operands))
    match term.operator:
        case "band_total":
            return _over_bands(speaker, operands), _PHRASE
        case "statewide_sum":
            return _over_units(speaker, operands[0], _ALL_UNITS), _PHRASE
        case "regional_sum":
            of = ("the units of its ", *_lowered(speaker.value(operands[1])[0]))
            return _over_units(speaker, operands[0], of), _PHRASE
        case "statewide_maximum":
            of_unit = speaker.within(operands[0], _SUM)
            return ("the greatest that any unit has of ", *of_unit), _PHRASE
        case "sum_before":
            order = _joined([speaker.within(each, _SUM) for each in operands[1:]], ", then ")
            units = ("the units before it in order of ", *order)
            return _over_units(speaker, operands[0], units), _PHRASE
        case "least_prefix_ratio":
            target, condition = _of_some(operands[2])
            terms = (operands[0], operands[1], target)
            amount, resources, targets = (speaker.within(each, _SUM) for each in terms)
            lifted = ("the ratio of ", *resources, " to ", *targets, " up to which ", *amount)
            among: Pieces = (" lifts the units furthest behind",)
            if condition is not None:
                said = speaker.statement(condition, holds=True)[0]
                among = (" lifts those furthest behind of the units where ", *said)
            return (*lifted, *among), _PHRASE
        case "sum_of_ramps":
            weights, tops, width, at = (speaker.within(each, _SUM) for each in operands)
            ramp = ("the sum over all units of ", *weights, ", in full where ", *tops)
            far = (" is ", *width, " or more above ", *at, ", in part where less far above")
            return (*ramp, *far), _PHRASE
    message = f"no words for {term.operator}"
    raise NotImplementedError(message)


def _lowered(pieces: Pieces) -> Pieces:
    """Pieces with a small letter at their beginning."""
    first, *rest = pieces
    if isinstance(first, str):
        return pieces
    return (Called(first.text[:1].lower() + first.text[1:], first.name), *rest)


def _over_units(speaker: _Speaker, term: Term, units: Pieces) -> Pieces:
    """A sum over units: of those where a condition holds, where it is 0 for the others."""
    term, condition = _of_some(term)
    if isinstance(term, Name) and speaker.wording.clause(term):
        term, condition = 1, term
    where: Pieces = ()
    if condition is not None:
        where = (" where ", *speaker.statement(condition, holds=True)[0])
    if term == 1:
        return ("the number of ", *(("units",) if units is _ALL_UNITS else units), *where)
    return ("the sum of ", *speaker.within(term, _SUM + 1), " over ", *units, *where)


def _of_some(term: Term) -> tuple[Term, Term | None]:
    """What is counted, and of whom; of the others it is 0."""
    if isinstance(term, Operation) and term.operator == "where":
        condition, then, otherwise = term.operands
        if otherwise == 0:
            return then, condition
        if then == 0:
            return otherwise, Operation("not", (condition,))
    return term, None


def _over_bands(speaker: _Speaker, operands: Sequence[Term]) -> Pieces:
    """A sum over bands: said once where every band is said alike."""
    of_any = replace(speaker, banded=_in_several_bands(operands[0]))
    alike = {as_text(of_any.value(each)[0]) for each in operands}
    if len(alike) == 1:
        return _over_units(of_any, operands[0], ("all bands",))
    parts = [speaker.within(each, _SUM) for each in operands]
    return _between(parts, " + ")
