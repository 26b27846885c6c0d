"""Formulas as symbols: a rule that is run on names instead of numbers gives its formula.

A symbol is a name or an operation on terms; ``+ - * / & | ~`` of symbols and the
functions of :mod:`ebf.language.vocabulary` make larger ones. Nothing is computed.

Holds: Term, Symbol, Name, Operation, parts_of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Term: TypeAlias = "Symbol | float | str"
"""A symbol, or a number or text that a rule writes out."""


class Symbol:
    """What stands in a formula for a value."""

    def __add__(self, other: Term) -> Term:
        return self if other == 0 else Operation("+", (self, other))

    def __radd__(self, other: Term) -> Term:
        return self if other == 0 else Operation("+", (other, self))

    def __sub__(self, other: Term) -> Term:
        return self if other == 0 else Operation("-", (self, other))

    def __rsub__(self, other: Term) -> Term:
        return Operation("-", (other, self))

    def __mul__(self, other: Term) -> Term:
        return Operation("*", (self, other))

    def __rmul__(self, other: Term) -> Term:
        return Operation("*", (other, self))

    def __truediv__(self, other: Term) -> Term:
        return Operation("/", (self, other))

    def __rtruediv__(self, other: Term) -> Term:
        return Operation("/", (other, self))

    def __and__(self, other: Term) -> Term:
        return Operation("and", (self, other))

    def __or__(self, other: Term) -> Term:
        return Operation("or", (self, other))

    def __invert__(self) -> Term:
        return Operation("not", (self,))


@dataclass(frozen=True)
class Name(Symbol):
    """A column, parameter or salary: the band of the name that a rule reads."""

    column: str
    name: str
    band: int


@dataclass(frozen=True)
class Operation(Symbol):
    """An operator or a function of the vocabulary, and what it is applied to."""

    operator: str
    operands: tuple[Term, ...]

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Operation], tuple[str, tuple[Term, ...]]]:
        return Operation, (self.operator, self.operands)  # hashes of text are a process's own

    @cached_property
    def _hash(self) -> int:
        """Worked out once: terms are deep, and keys of what is kept."""
        return hash((self.operator, self.operands))


def parts_of(term: Term) -> Iterator[Term]:
    """The term and all terms within it, outermost first."""
    yield term
    if isinstance(term, Operation):
        for operand in term.operands:
            yield from parts_of(operand)
