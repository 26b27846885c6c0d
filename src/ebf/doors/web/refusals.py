"""What is refused, as JSON: every fault with its kind and place for machines, and in words.

Holds: MOST_SHOWN, PlaceShown, FaultShown, Refused, faults_as_json, faults_from_json, faults_of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from ebf.faults import Fault, FaultKind, InputError, Place, described, malformed

MOST_SHOWN: Final = 200
"""Faults that an answer spells out; of more it says how many."""


class PlaceShown(BaseModel):
    """Where a fault is, as far as it has such a place."""

    within: str | None
    at: str | None
    unit: str | None
    column: str | None
    argument: str | None
    scenario: str | None
    file: str | None
    sheet: str | None
    line: int | None
    row: int | None


class FaultShown(BaseModel):
    """One fault: its kind and place for machines, and in words."""

    kind: FaultKind
    place: PlaceShown
    found: str
    allowed: str
    cite: str
    fix: str
    words: str


class Refused(BaseModel):
    """Why a request is refused; ``more`` is how many faults are not spelled out."""

    faults: list[FaultShown]
    more: int = 0


def faults_as_json(faults: Sequence[Fault]) -> str:
    """The faults as :class:`Refused` has them, all of it in ASCII, whatever was asked for."""
    found = [asdict(each) | {"words": str(each)} for each in faults[:MOST_SHOWN]]
    return json.dumps({"faults": found, "more": len(faults) - len(found)})


def faults_from_json(text: str) -> list[Fault]:
    """The faults that were written so."""
    found = [each for each in json.loads(text)["faults"] if each.pop("words")]
    return [
        Fault(**{**each, "kind": FaultKind(each["kind"]), "place": Place(**each["place"])})
        for each in found
    ]


def faults_of(error: Exception) -> list[Fault]:
    """The faults of a refusal, or of what pydantic refuses."""
    if isinstance(error, (ValidationError, RequestValidationError)):
        return [fault for each in error.errors() for fault in _faults_in(each)]
    return [*error.faults] if isinstance(error, InputError) else []


def _faults_in(error: Any) -> Iterable[Fault]:
    """A fault of pydantic's, as ours."""
    own = error.get("ctx", {}).get("error")
    if isinstance(own, InputError):
        return own.faults
    where = ".".join(map(str, error["loc"])) or "body"
    return [malformed(Place("request", at=where), described(error.get("input")), error["msg"])]
