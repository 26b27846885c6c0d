"""The API's answers to what-ifs: in short, compared whole, attributed, swept.

Holds: Two, Why, Sweep, OneOrTwo, add_what_ifs.
"""

from __future__ import annotations

from math import prod
from typing import Annotated, Any, ClassVar, Final, Self, TypeAlias

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from ebf.doors.web.api.answering import Ours, answer_of
from ebf.doors.web.api.openapi import of
from ebf.doors.web.asked import Asked, Name
from ebf.doors.web.bounds import MOST_CHANGES, MOST_NAME, MOST_ROWS, MOST_SWEPT
from ebf.doors.web.served import Found, Served
from ebf.faults import Fault, InputError, Place, too_large
from ebf.law.names import entries
from ebf.reports.swept import Swept, swept
from ebf.reports.what_if_answer import WhatIf
from ebf.what_if.attribution import Attribution, attribute
from ebf.what_if.comparison import Comparison, compare
from ebf.what_if.sweep import sweep

_FUNDING: Final = "tier_funding"
_BILL: Final[dict[str, Any]] = {
    "law": {"core_teacher.low_income_k_3": 14},
    "new_state_funds": {"add": 50_000_000},
}
_STRICT: Final = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Two(BaseModel):
    """Two what-ifs, the first of which may be left out: the state as it is."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        **_STRICT,
        json_schema_extra={
            "examples": [
                {"before": {"new_state_funds": {"add": 50_000_000}}, "after": _BILL},
                {"after": _BILL, "line": _FUNDING},
            ]
        },
    )

    before: Asked = Asked()
    after: Asked
    line: Name = Field(default=_FUNDING, description="The line that is compared.")


class Why(Two):
    """Two what-ifs, and what of their difference is to be split into its causes."""

    unit: Name | None = Field(default=None, description="A unit, whose own data are told apart.")

    model_config: ClassVar[ConfigDict] = ConfigDict(
        **_STRICT,
        json_schema_extra={"examples": [{"after": _BILL}, {"after": _BILL, "line": _FUNDING}]},
    )


class Sweep(BaseModel):
    """A grid of numbers of the law and of money, of which every combination is a state."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        **_STRICT,
        json_schema_extra={
            "examples": [
                {
                    "grid": {
                        "core_teacher.low_income_k_3": [14, 15],
                        "new_state_funds": [300_000_000, 350_000_000],
                    },
                    "lines": ["tier_funding", "tier_1_target_ratio"],
                    "units": ["1000196062600"],
                }
            ]
        },
    )

    grid: dict[Name, Annotated[tuple[float, ...], Field(min_length=1, max_length=MOST_SWEPT)]] = (
        Field(
            min_length=1, max_length=10, description="Numbers by their names, each with its values."
        )
    )
    lines: tuple[Name, ...] = Field(default=(_FUNDING,), min_length=1, max_length=20)
    units: tuple[Name, ...] = Field(
        default=(), max_length=MOST_CHANGES, description="The units shown; none: all."
    )

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        count = prod(map(len, self.grid.values()))
        if count > MOST_SWEPT:
            place, allowed = Place("sweep", argument="grid"), f"up to {MOST_SWEPT} states"
            raise InputError([too_large(place, f"{count:,} combinations", allowed)])
        return self

    def check_rows(self, served: Served) -> None:
        """Refuse more rows than are answered."""
        of_units = any(not entries()[n].about.statewide for n in self.lines if n in entries())
        units = len(self.units or served.ledger.table.unit_ids) if of_units else 1
        count = prod(map(len, self.grid.values())) * units
        if count > MOST_ROWS:
            place, fix = Place("sweep", argument="units"), "name the units that are to be shown"
            found, allowed = f"{count:,} rows", f"up to {MOST_ROWS:,} rows"
            raise InputError([too_large(place, found, allowed, fix=fix)])


def _which(body: Any) -> str:
    """Whether a body has two what-ifs or is one."""
    return "two" if isinstance(body, Two) or (isinstance(body, dict) and "after" in body) else "one"


OneOrTwo: TypeAlias = Annotated[
    Annotated[Asked, Tag("one")] | Annotated[Two, Tag("two")], Discriminator(_which)
]


def add_what_ifs(routes: APIRouter) -> None:
    """The routes."""
    for path, answer, kind, summary in (
        ("/what-if", _what_if, WhatIf, "What a change comes to, in short, the state solved anew"),
        ("/compare", _compare, Comparison, "Who gains and who loses, unit by unit"),
        ("/attribute", _attribute, Attribution, "Why a line changes: split into causes"),
        ("/sweep", _sweep, Swept, "Every combination of a grid of numbers"),
    ):
        routes.add_api_route(path, answer, methods=["POST"], summary=summary, responses=of(kind))


def _what_if(
    asked: Asked,
    served: Ours,
    unit: Annotated[
        str | None,
        Query(max_length=MOST_NAME, description="The unit shown; left out: the own counts' one."),
    ] = None,
) -> Response:
    return answer_of(served.found(asked).answer(unit), served.note)


def _sides(asked: Two, served: Served) -> tuple[Found, Found]:
    """What two what-ifs come to; the faults of both at once."""
    found, faults = list[Found](), list[Fault]()
    for each in (asked.before, asked.after):
        try:
            found.append(served.found(each))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    before, after = found
    return before, after


def _compare(asked: Annotated[OneOrTwo, Body()], served: Ours) -> Response:
    if isinstance(asked, Asked):
        return answer_of(served.found(asked).comparison, served.note)
    before, after = _sides(asked, served)
    return answer_of(compare(before.after, after.after, asked.line), served.note)


def _attribute(asked: Why, served: Ours) -> Response:
    before, after = _sides(asked, served)
    unit = None if asked.unit is None else served.ledger.unit_id(asked.unit)
    found = attribute(before.after, after.after, asked.line, unit_id=unit)
    return answer_of(found, served.note)


def _sweep(asked: Sweep, served: Ours) -> Response:
    asked.check_rows(served)
    for each in asked.units:
        served.ledger.unit_id(each)  # refused before it is computed
    found = sweep(*served.state, asked.grid, lines=asked.lines)
    return answer_of(swept(found, served.ledger, asked.units), served.note)
