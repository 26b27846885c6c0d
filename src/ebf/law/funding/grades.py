"""Grades, and the bands of grades that the law prices by.

Holds: PREKINDERGARTEN, KINDERGARTEN, ELEMENTARY_GRADES, HIGH_SCHOOL_GRADES, GRADES,
SETTLED_GRADES, REPORTED_GRADES, CORE_TEACHER_BANDS, SCHOOL_BANDS, KINDERGARTEN_TO_12_BANDS.
"""

from __future__ import annotations

from ebf.language.line import Bands

PREKINDERGARTEN = "prekindergarten_special_education"
KINDERGARTEN = "kindergarten"


def _grades(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"grade_{grade}" for grade in range(first, last + 1))


ELEMENTARY_GRADES = (PREKINDERGARTEN, KINDERGARTEN, *_grades(1, 8))
HIGH_SCHOOL_GRADES = _grades(9, 12)

GRADES = Bands({grade: (grade,) for grade in (*ELEMENTARY_GRADES, *HIGH_SCHOOL_GRADES)})
"""Grades as the formula counts them, a half-day kindergarten pupil as a half."""

SETTLED_GRADES = Bands(GRADES.members, bare=True)
"""The same as columns: the enrollment that the greater-of rule has settled on."""

REPORTED_GRADES = Bands(
    {
        name: (grade,)
        for grade in GRADES.names
        for name in (
            (f"{KINDERGARTEN}_half_day", f"{KINDERGARTEN}_full_day")
            if grade == KINDERGARTEN
            else (grade,)
        )
    }
)
"""Grades as pupils are reported, heads counted; each names its grade in GRADES."""

CORE_TEACHER_BANDS = Bands(
    {
        "k_3": (KINDERGARTEN, *_grades(1, 3)),
        "4_8": _grades(4, 8),
        "9_12": HIGH_SCHOOL_GRADES,
    }
)
"""The bands of core and specialist teachers, (b)(2)(A) and (B)."""

SCHOOL_BANDS = Bands(
    {
        "elementary": (PREKINDERGARTEN, KINDERGARTEN, *_grades(1, 5)),
        "middle": _grades(6, 8),
        "high": HIGH_SCHOOL_GRADES,
    }
)
"""The bands of every other school-level cost factor."""

KINDERGARTEN_TO_12_BANDS = Bands(
    {
        "elementary": (KINDERGARTEN, *_grades(1, 5)),
        "middle": _grades(6, 8),
        "high": HIGH_SCHOOL_GRADES,
    }
)
"""The bands of student activities and of gifted pupils, without pre-kindergarten."""
