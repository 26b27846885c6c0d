"""Faults of what was handed in, worded for the analyst who must mend them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec

SHOWN = 50
"""Faults that the message of an error spells out; ``InputError.faults`` has all."""


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what was found, what is allowed, and why.

    ``unit`` is a unit id, or what else the fault is in (a file, the law, the
    table); ``cite`` is where the rule is; ``fix`` says how to mend it.
    """

    unit: str
    column: str
    found: str
    allowed: str
    cite: str = ""
    fix: str = ""

    def __str__(self) -> str:
        """The fault in one line."""
        cite = f" [{self.cite}]" if self.cite else ""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{self.unit}: {self.column}: found {self.found}; allowed: {self.allowed}{cite}{fix}"


class InputError(ValueError):
    """What was handed in cannot be used. ``faults`` has every fault there is."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """All faults at once."""
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """The count, and the first faults a line each."""
        count = len(self.faults)
        shown = [f"  {fault}" for fault in self.faults[:SHOWN]]
        more = [f"  ... and {count - SHOWN:,} more, all in .faults"] if count > SHOWN else []
        return "\n".join([f"{count:,} fault{'s' * (count != 1)}", *shown, *more])


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
        raise InputError([Fault("installation", library, "missing", "installed", fix=fix)])
