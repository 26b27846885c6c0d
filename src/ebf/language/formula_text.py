"""The formula of a line, read off by running its rule on symbols.

The text of a formula is a Python expression in the vocabulary: ``divide(a, b)`` is
a / b, and 0 where b is 0; ``a < b`` takes values a float's breadth apart as equal.

Holds: AGGREGATES, OVER_UNITS, BY_UNIT, names_in, is_over_units, evaluate, evaluate_parts,
formula_from, formula_text.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce
from typing import Final

import numpy as np

from ebf.language import vocabulary
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.language.vocabulary import Values

AGGREGATES: Final = (
    "band_total",
    "statewide_sum",
    "statewide_maximum",
    "regional_sum",
    "least_prefix_ratio",
    "sum_before",
    "sum_of_ramps",
)
"""What takes many values at once, shown as one number and accounted for beside it."""

OVER_UNITS: Final = frozenset(AGGREGATES[1:])
BY_UNIT: Final = frozenset({"regional_sum", "sum_before", "sum_of_ramps"})
"""Those of them that differ from unit to unit."""

_INFIX: Final = {"or": 1, "and": 2, "<": 4, "==": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_CONDITIONAL, _NOT, _ATOM = 0, 3, 9
_COMPARISONS = {"less": "<", "equal": "=="}
_WRITTEN: Final[Mapping[type, str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "less",
    ast.Eq: "equal",
}

_EVALUATED: Final[Mapping[str, Callable[..., Values]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
    "band_total": lambda *bands: sum(bands[1:], start=bands[0]),
}


def names_in(*terms: Term) -> Iterator[Name]:
    """The names that terms hold, each once."""
    parts = (part for term in terms for part in parts_of(term))
    yield from dict.fromkeys(part for part in parts if isinstance(part, Name))


@cache
def is_over_units(term: Term) -> bool:
    """Whether a value depends on other units than its own."""
    return any(isinstance(p, Operation) and p.operator in OVER_UNITS for p in parts_of(term))


def evaluate(term: Term, values: Mapping[str, Values]) -> Values:
    """The value of a term for every unit, from the values of the names it holds."""
    return _evaluated(term, lambda name: values[name.name][..., name.band : name.band + 1])


def evaluate_parts(term: Term, value_of: Callable[[Term], object]) -> Values:
    """The value of a term for one unit, from its names' and what takes many values in."""
    if isinstance(term, Name) or (isinstance(term, Operation) and term.operator in AGGREGATES):
        return np.asarray(value_of(term))
    if not isinstance(term, Operation):
        return np.asarray(term)
    return _function(term.operator)(*[evaluate_parts(each, value_of) for each in term.operands])


def formula_from(text: str, read: Callable[[str], Sequence[Term]]) -> Term:
    """The term that a formula's text is of: what :func:`formula_text` writes, read again.

    ``read`` are the terms that a name stands for: one; of a name that is added up as a
    whole, ``band_total(enrollment)``, one a band.

    >>> formula_from("divide(a, b) * 2", lambda name: [Name(name, name, 0)]).operator
    '*'
    """
    return _read(ast.parse(text, mode="eval").body, read)


def _read(  # noqa: C901, PLR0911 - a kind of expression a line
    node: ast.expr, read: Callable[[str], Sequence[Term]]
) -> Term:
    def made(operator: str, *operands: ast.expr) -> Term:
        return Operation(operator, tuple(_read(each, read) for each in operands))

    match node:
        case ast.Constant(value=float() | int() | str() as value):
            return value
        case ast.Name(id=name):
            (term,) = read(name)
            return term
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() | int() as value)):
            return -value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return made("not", operand)
        case ast.BinOp(left=left, op=sign, right=right):
            return made(_WRITTEN[type(sign)], left, right)
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return made(_WRITTEN[type(sign)], left, right)
        case ast.BoolOp(op=sign, values=values):
            terms = [_read(each, read) for each in values]
            return reduce(lambda one, other: Operation(_WRITTEN[type(sign)], (one, other)), terms)
        case ast.IfExp(test=test, body=then, orelse=otherwise):
            return made("where", test, then, otherwise)
        case ast.Call(func=ast.Name(id="band_total"), args=[ast.Name(id=name)]):
            return Operation("band_total", tuple(read(name)))
        case ast.Call(func=ast.Name(id=function), args=operands):
            return made(function, *operands)
    message = f"no formula: {ast.unparse(node)}"
    raise ValueError(message)


def _evaluated(term: Term, read: Callable[[Name], Values]) -> Values:
    if isinstance(term, Name):
        return read(term)
    if not isinstance(term, Operation):
        return np.asarray(term)
    function = _function(term.operator)
    return function(*[_evaluated(each, read) for each in term.operands])


@cache
def _function(operator: str) -> Callable[..., Values]:
    return _EVALUATED.get(operator) or getattr(vocabulary, operator)


def _spelled_out(_: Term) -> None:
    return None


def formula_text(term: Term, text_of: Callable[[Term], str | None] = _spelled_out) -> str:
    """The term as a Python expression.

    ``text_of`` gives the text of a name or an operation that is to be shown by
    its value; None for what is to be spelled out.
    """
    return _text(term, text_of)[0]


def _text(term: Term, text_of: Callable[[Term], str | None]) -> tuple[str, int]:
    """The text, and how tightly it binds."""
    own = text_of(term)
    if own is not None:
        return own, _ATOM
    if isinstance(term, Operation):
        return _operation_text(term.operator, [_text(each, text_of) for each in term.operands])
    if isinstance(term, Name):
        return term.column, _ATOM
    return repr(term) if isinstance(term, str) else f"{term:g}", _ATOM


def _operation_text(operator: str, operands: Sequence[tuple[str, int]]) -> tuple[str, int]:
    def within(place: int, least: int) -> str:
        text, binds = operands[place]
        return text if binds >= least else f"({text})"

    sign = _COMPARISONS.get(operator, operator)
    if sign in _INFIX:
        binds = _INFIX[sign]
        chains = sign in {"and", "or"}
        left = within(0, binds + (operator in _COMPARISONS))
        return f"{left} {sign} {within(1, binds + (not chains))}", binds
    if operator == "not":
        return f"not {within(0, _NOT + 1)}", _NOT
    if operator == "where":
        condition, then, otherwise = (within(place, _CONDITIONAL + 1) for place in range(3))
        return f"{then} if {condition} else {otherwise}", _CONDITIONAL
    return f"{operator}({', '.join(text for text, _ in operands)})", _ATOM
