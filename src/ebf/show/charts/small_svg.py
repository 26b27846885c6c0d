"""A drawing as Vega writes it, without what nobody sees: the same picture in half of the bytes.

Holds: small.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from xml.etree.ElementTree import Element, fromstring, tostring

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_FONT: Final = ("font-family", "font-size")
_NUMBERS: Final = frozenset({"transform", "d"})
_UNSEEN: Final = frozenset({"class", "role", "pointer-events", "version"})
"""Attributes for scripts and for readers, who have the title of the whole instead."""
_PLAIN: Final = frozenset(
    {
        ("font-weight", "normal"),
        ("opacity", "1"),
        ("stroke-width", "1"),
        ("text-anchor", "start"),
        ("transform", "translate(0,0)"),
        ("x2", "0"),
        ("y2", "0"),
    }
)
"""Attributes that say what is so without them."""
_LONG: Final = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")


def small(svg: str) -> str:
    """The drawing without marks for scripts, empty groups and more than two decimals of a dot.

    >>> text = '<text class="a" font-family="f" font-size="9" opacity="1">x</text>'
    >>> group = f'<g transform="translate(1.2345,0)"><path d="" display="none"/><g>{text}</g></g>'
    >>> print(small(f'<svg xmlns="{_NAMESPACE}">{group}</svg>').partition(" ")[2])
    xmlns="http://www.w3.org/2000/svg" font-family="f" font-size="9"><g transform="translate(1.23,0)"><text>x</text></g></svg>
    """  # noqa: E501 - as it is written
    root = fromstring(svg)  # noqa: S314 - Vega's, its text escaped
    of_most = {}
    for name in _FONT:
        if found := Counter(each.get(name) for each in root.iter() if name in each.attrib):
            of_most[name] = str(found.most_common(1)[0][0])
    _shrink(root, _PLAIN | of_most.items())
    root.attrib = {"xmlns": _NAMESPACE, **root.attrib, **of_most}
    return tostring(root, encoding="unicode").replace(" />", "/>")  # in text it is escaped


def _shrink(element: Element, plain: frozenset[tuple[str, str]]) -> None:
    """The element without what is not seen of it, and so all within it."""
    element.tag = element.tag.rpartition("}")[2]
    element.attrib = {
        name: _LONG.sub(_two_decimals, value) if name in _NUMBERS else value
        for name, value in element.attrib.items()
        if name not in _UNSEEN and not name.startswith("aria-") and (name, value) not in plain
    }
    kept = list[Element]()
    for each in element:
        _shrink(each, plain)
        if each.tag == "g" and not each.attrib:
            kept += each
        elif element.tag == "clipPath" or _is_seen(each):
            kept.append(each)
    element[:] = kept


def _is_seen(element: Element) -> bool:
    """Whether there is anything of it: groups of Vega's have backgrounds without a color."""
    if element.get("display") == "none" or (element.tag == "g" and not len(element)):
        return False
    return element.tag != "path" or "fill" in element.attrib or "stroke" in element.attrib


def _two_decimals(found: re.Match[str]) -> str:
    return f"{float(found[0]):z.2f}".rstrip("0").rstrip(".")
