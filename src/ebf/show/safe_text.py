"""Text from outside, kept from doing harm where it is shown.

Holds: printable, guarded, unguarded.
"""

from __future__ import annotations

_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {
    0x7F: 0x2421,
    0x2028: 0x2424,
    0x2029: 0x2424,
}
_UNSEEN = dict.fromkeys(
    (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)),
    0xFFFD,
)
_SHOWN = _PICTURES | _UNSEEN
_STARTS_A_FORMULA = ("=", "+", "-", "@")
_GUARD = "'"


def printable(text: object) -> str:
    r"""The text with control characters made visible, so that it stays in its place.

    >>> printable("a\x07\nb")
    'a␇␊b'
    """
    said = str(text)
    return said if said.isprintable() else said.translate(_SHOWN)  # most is, and it is quicker


def guarded(text: object) -> object:
    """Text as CSV cells hold it: with an apostrophe before what a spreadsheet would compute.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("Payson"), guarded(None)
    ("'=1+1", "''=1+1", 'Payson', None)
    """
    if not isinstance(text, str):
        return text
    shown = printable(text)
    return _GUARD + shown if shown.lstrip(_GUARD).startswith(_STARTS_A_FORMULA) else shown


def unguarded(text: str) -> str:
    """The text that :func:`guarded` was given.

    >>> unguarded("'=1+1"), unguarded("''=1+1"), unguarded("'Payson")
    ('=1+1', "'=1+1", "'Payson")
    """
    is_guarded = text.startswith(_GUARD) and text.lstrip(_GUARD).startswith(_STARTS_A_FORMULA)
    return text.removeprefix(_GUARD) if is_guarded else text
