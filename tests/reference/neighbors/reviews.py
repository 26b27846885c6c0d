"""Resource Allocation Reviews, and designations that improved. Section 5."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

School: TypeAlias = Mapping[str, Any]
Designations: TypeAlias = Mapping[str, str | None]

OLD = ("Lowest-Performing", "Underperforming", "Commendable", "Exemplary")
ORDER = ("Intensive", "Comprehensive", "Targeted", "Commendable", "Exemplary")
NEW = ("Comprehensive", "Developing", "Approaching", "Commendable", "Exemplary")
SCALES: dict[int, tuple[str, ...]] = {
    2018: OLD,
    2019: OLD,
    2020: (),
    2021: (),
    2022: ORDER[1:],
    2023: ORDER,
    2024: ORDER,
    2025: ORDER,
    2026: NEW,  # proposed
}
IDENTIFIED = ("Targeted", "Comprehensive", "Intensive")


def comparable(before: int, after: int) -> bool:
    """Section 5: both of the scale of 2022 to 2025, which 2023 made longer by Intensive."""
    return all(2022 <= year <= 2025 for year in (before, after))


def shares(schools: Iterable[School]) -> dict[str, dict[str, Any]]:
    """Section 5: per district its numbers, and shares by either denominator.

    A share of no designated school is blank.
    """
    districts: dict[str, list[str | None]] = {}
    for school in schools:
        districts.setdefault(school["unit_id"], []).append(school["designation"] or None)
    found = {}
    for unit_id, every in districts.items():
        designated = sum(each is not None for each in every)
        by_class = {name: every.count(name) for name in IDENTIFIED}
        identified = sum(by_class.values())

        def of(number: int, schools: int = designated) -> Fraction | None:
            return Fraction(number, schools) if schools else None

        found[unit_id] = {
            "schools": len(every),
            "designated": designated,
            "by_class": by_class,
            "share_by_class": {name: of(number) for name, number in by_class.items()},
            "identified": identified,
            "share": of(identified),
            "share_of_all": of(identified, len(every)),
            "federal_i": by_class["Comprehensive"] + by_class["Intensive"],
            "federal_ii": by_class["Targeted"],
        }
    return found


def ranked(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Section 5: by share, then by number, the most first, then unit id; blanks last."""

    def place(unit_id: str) -> tuple[bool, Fraction, int, str]:
        share = found[unit_id]["share"]
        return share is None, -(share or Fraction(0)), -found[unit_id]["identified"], unit_id

    return sorted(found, key=place)


def chosen(
    found: Mapping[str, Mapping[str, Any]], least_number: int, least_share: Fraction
) -> list[str]:
    """Section 5: the districts that reach both thresholds (decided: both, and at least)."""
    return [
        unit_id
        for unit_id in ranked(found)
        if found[unit_id]["identified"] >= least_number
        and found[unit_id]["share"] is not None
        and found[unit_id]["share"] >= least_share
    ]


def improved(
    before: Designations, after: Designations, earlier: Sequence[Designations] = ()
) -> list[str]:
    """Section 5: Targeted or Comprehensive for the first time, and in a better place after.

    Any identification in the earlier years makes it not the first; a blank is in no place.
    """
    return sorted(
        school
        for school, was in before.items()
        if was in {"Targeted", "Comprehensive"}
        and not any(year.get(school) in IDENTIFIED for year in earlier)
        and (now := after.get(school))
        and ORDER.index(now) > ORDER.index(was)
    )
