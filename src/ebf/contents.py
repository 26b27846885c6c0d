"""Ordinary values: equal by what they hold, hashed by it, pickled and copied without caches.

Holds: ByContents, same, hash_of, digest_of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from functools import cached_property
from hashlib import sha256
from numbers import Number
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd


class ByContents:
    """A value that is what it holds.

    It is equal to another of its very type that holds the same: numbers that are
    equal, NaN and NaN; arrays of one shape; frames with their index and columns;
    mappings in any order. Its hash follows from that, so that it can be a key; it
    has none, and says so, where it holds a frame, which its owner can change. What
    is kept of it (cached properties) is no part of it, and is neither copied nor
    pickled.
    """

    _kept: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        """Find what is kept of the values of a class."""
        members = (each for base in cls.__mro__ for each in vars(base).items())
        cls._kept = frozenset(name for name, each in members if isinstance(each, cached_property))

    def _contents(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in self._kept}

    def __eq__(self, other: object) -> bool:
        """Whether the other is of this type and holds the same."""
        if type(other) is not type(self):
            return NotImplemented
        return self is other or same(self._contents(), other._contents())

    def __hash__(self) -> int:
        """By contents; TypeError where a frame is among them."""
        try:
            return hash((type(self).__qualname__, hash_of(self._contents())))
        except _FrameError as error:
            message = (
                f"unhashable type: {type(self).__name__!r} holds a frame, which can be changed; "
                "use what it was made from as the key, or an id of your own"
            )
            raise TypeError(message) from error

    def __getstate__(self) -> dict[str, Any]:
        """The contents; a read-only view of a mapping does not travel, so a dict does."""
        return {name: _Proxied(value) if isinstance(value, MappingProxyType) else value
                for name, value in self._contents().items()}  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The contents again, read-only where they were."""
        for name, value in state.items():
            vars(self)[name] = MappingProxyType(dict(value)) if type(value) is _Proxied else value


class _Proxied(dict[Any, Any]):
    """A mapping that is read-only where it is unpacked."""


def same(one: Any, other: Any) -> bool:  # noqa: PLR0911 - a kind of value a line
    """Whether two values hold the same, as :class:`ByContents` says it.

    >>> same({"a": float("nan")}, {"a": float("nan")}), same([1], [1, 2])
    (True, False)
    """
    match one:
        case _ if one is other:
            return True
        case Mapping():
            return (
                isinstance(other, Mapping)
                and one.keys() == other.keys()
                and all(same(value, other[key]) for key, value in one.items())
            )
        case pd.DataFrame() | pd.Series():
            return type(one) is type(other) and _same_frames(one, other)
        case np.ndarray():
            return type(one) is type(other) and _same_arrays(one, other)
        case list() | tuple():
            return (
                type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
            )
        case _ if isinstance(other, (Mapping, pd.DataFrame, pd.Series, np.ndarray)):
            return False
        case _:
            return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - NaN alone differs from itself


def _same_arrays(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    if one.shape != other.shape or _is_number(one) != _is_number(other):
        return False
    if _is_number(one):
        return np.array_equal(one, other, equal_nan=True)
    return all(map(same, one.ravel().tolist(), other.ravel().tolist()))


def _is_number(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind in "biuf"


def _same_frames(one: Any, other: Any) -> bool:
    names = [list(axis.names) for axis in one.axes]
    return bool(one.equals(other)) and names == [list(axis.names) for axis in other.axes]


class _FrameError(TypeError):
    """A frame among what is to be hashed."""


def hash_of(value: Any) -> int:
    """A hash that values which are :func:`same` share; TypeError for a frame."""
    match value:
        case Mapping():
            return hash(frozenset((key, hash_of(each)) for key, each in value.items()))
        case pd.DataFrame() | pd.Series():
            raise _FrameError
        case np.ndarray() if _is_number(value):
            numbers = value.astype(np.float64) + 0.0  # no negative zeros
            numbers[np.isnan(numbers)] = np.nan  # of which there are many in bits
            return hash((value.shape, numbers.tobytes()))
        case np.ndarray():
            return hash((value.shape, *map(hash_of, value.ravel().tolist())))
        case list() | tuple():
            return hash((type(value).__name__, *map(hash_of, value)))
        case float() if np.isnan(value):
            return hash("NaN")
    return hash(value)


def digest_of(value: Any) -> str:
    """A SHA-256 of what a value holds, the same in every process; TypeError for what has none.

    Values that are :func:`same` need not share it: 1 and 1.0 are told apart.

    >>> digest_of({"a": 1, "b": {2, 3}}) == digest_of({"b": {3, 2}, "a": 1})
    True
    >>> digest_of({"a": 1}) == digest_of({"a": "1"})
    False
    """
    made = sha256()
    for piece in _pieces(value):
        made.update(len(piece).to_bytes(8, "big") + piece)
    return made.hexdigest()


def _pieces(value: Any) -> Iterator[bytes]:
    """What a value holds, piece by piece, each with what tells it from its like."""
    yield type(value).__qualname__.encode()
    match value:
        case None | str() | bytes() | Number() | np.generic():
            yield repr(value).encode()
        case Mapping() | AbstractSet():
            parts = value.items() if isinstance(value, Mapping) else value
            yield repr(sorted(map(digest_of, parts))).encode()
        case np.ndarray() if value.dtype != object:
            yield repr((value.shape, value.dtype.str)).encode()
            yield np.ascontiguousarray(value).tobytes()
        case np.ndarray():
            yield repr(value.shape).encode()
            yield from _pieces(value.ravel().tolist())
        case list() | tuple():
            for each in value:
                yield from _pieces(each)
            yield b"end"
        case ByContents():
            yield from _pieces(value._contents())  # noqa: SLF001 - of this module
        case _ if is_dataclass(value):
            yield from _pieces([getattr(value, each.name) for each in fields(value)])
        case _:
            message = f"no digest of {type(value).__qualname__!r}"
            raise TypeError(message)
