"""Faults of what was handed in, worded for the analyst who must mend them.

Holds: SHOWN, MOST_FAULTS, MOST_NAMES, Fault, InputError, described, as_name, check_type, visible,
nearest, require.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
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
        where, found = (_shortened(each) for each in (self.unit, self.found))
        column = self.column or "(blank)"
        words = f"{where}: {column}: found {found}; allowed: {self.allowed}{cite}{fix}"
        return visible(words)


class InputError(ValueError):
    """What was handed in cannot be used.

    ``faults`` has every fault there is; of those in the cells of a table at most
    10,000 of a kind.
    """

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
        raise InputError([Fault("arguments", argument, described(said), allowed)])


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
        raise InputError([Fault("installation", library, "missing", "installed", fix=fix)])
