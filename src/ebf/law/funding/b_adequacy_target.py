"""(b) The Adequacy Target: the cost factors added up, and the regionalization."""

from __future__ import annotations

from ebf.language.cite import Cite
from ebf.language.evidence import Evidence, from_guide, law_as_read, verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2, CUT_5
from ebf.language.vocabulary import (
    Values,
    divide,
    equal,
    maximum,
    regroup,
    statewide_sum,
    where,
)
from ebf.law.funding import b_cost_factors
from ebf.law.funding.b_cost_factors import (
    BY_ADDITIONAL_INVESTMENTS,
    BY_CORE_INVESTMENTS,
    BY_PER_STUDENT_INVESTMENTS,
    CORE_FACTORS,
    ENGLISH_LEARNER_POSITIONS,
    LOW_INCOME_POSITIONS,
    PER_STUDENT_FACTORS,
    SPECIAL_EDUCATION_POSITIONS,
    Position,
    total_over_bands,
)
from ebf.law.funding.causes import Cause
from ebf.law.funding.grades import (
    CORE_TEACHER_BANDS,
    GRADES,
    KINDERGARTEN_TO_12_BANDS,
    SCHOOL_BANDS,
)


@line(
    "18-8.15(b)(2)(A)",
    Measure.STUDENTS,
    from_guide(),
    bands=CORE_TEACHER_BANDS,
    cause=Cause.ENROLLMENT,
)
def core_teacher_enrollment(enrollment: Values) -> Values:
    """Pupils by the bands of core teachers: K-3, 4-8 and 9-12.

    >>> import numpy as np
    >>> core_teacher_enrollment(np.arange(14.0).reshape(1, 1, 14))
    [10.0, 35.0, 46.0]
    """
    return regroup(enrollment, GRADES.names, CORE_TEACHER_BANDS.members)


@line("18-8.15(b)(2)", Measure.STUDENTS, from_guide(), bands=SCHOOL_BANDS, cause=Cause.ENROLLMENT)
def school_enrollment(enrollment: Values) -> Values:
    """Pupils by elementary (pre-K to 5), middle (6-8) and high (9-12) school.

    >>> import numpy as np
    >>> school_enrollment(np.arange(14.0).reshape(1, 1, 14))
    [21.0, 24.0, 46.0]
    """
    return regroup(enrollment, GRADES.names, SCHOOL_BANDS.members)


@line(
    "18-8.15(b)(2)(M), (R)",
    Measure.STUDENTS,
    from_guide(),
    bands=KINDERGARTEN_TO_12_BANDS,
    cause=Cause.ENROLLMENT,
)
def kindergarten_to_12_enrollment(enrollment: Values) -> Values:
    """Pupils by elementary (K-5), middle and high school, without pre-kindergarten.

    >>> import numpy as np
    >>> kindergarten_to_12_enrollment(np.ones((1, 1, 14)))
    [6.0, 3.0, 4.0]
    """
    return regroup(enrollment, GRADES.names, KINDERGARTEN_TO_12_BANDS.members)


def _total(name: str, costs: tuple[str, ...], title: str, cite: str, evidence: Evidence) -> Line:
    return named(
        total_over_bands,
        name,
        costs,
        title=title,
        cite=Cite(cite),
        measure=Measure.DOLLARS,
        evidence=evidence,
    )


def _part(name: str, positions: tuple[Position, ...], title: str, cite: str) -> Line:
    costs = tuple(f"{position.name}_cost" for position in positions)
    return _total(name, costs, title, cite, verified(note=BY_ADDITIONAL_INVESTMENTS))


@line("18-8.15(b)(2)(S), (T)", Measure.DOLLARS, verified(12), rounding=CUT_2)
def per_student_investments_subject_to_regionalization(
    average_student_enrollment: Values, central_services_salary_part: Values
) -> Values:
    """The salaries within maintenance and central office, which are regionalized.

    >>> per_student_investments_subject_to_regionalization(510.71, 850.48)
    434348.64
    """
    return average_student_enrollment * central_services_salary_part


@line(
    "18-8.15(b)(2)(M)-(U)",
    Measure.DOLLARS,
    verified(12, note=BY_PER_STUDENT_INVESTMENTS),
)
def per_student_investments_not_subject_to_regionalization(
    per_student_investments: Values,
    per_student_investments_subject_to_regionalization: Values,
    employee_benefits_cost: Values,
) -> Values:
    """The other per-student amounts, and the employee benefits; not cut.

    >>> per_student_investments_not_subject_to_regionalization(3500, 850.48, 900.003)
    3549.523
    """
    return (
        per_student_investments
        - per_student_investments_subject_to_regionalization
        + employee_benefits_cost
    )


@line("18-8.15(b)(3)", Measure.RATIO, law_as_read(13))
def neighbors_weighted_comparable_wage_index(
    comparable_wage_index: Values,
    neighboring_counties: Values,
    neighbors_mean_comparable_wage_index: Values,
    neighbors_needed: Values,
    own_weight: Values,
    neighbors_weight: Values,
    own_weight_of_two_neighbors: Values,
    neighbors_weight_of_two_neighbors: Values,
) -> Values:
    """The county's Comparable Wage Index (CWI) weighted with its neighbours'.

    >>> round(neighbors_weighted_comparable_wage_index(1, 5, 1.2, 2, 0.25, 0.75, 0.33, 0.66), 9)
    1.15
    >>> round(neighbors_weighted_comparable_wage_index(1, 2, 1.2, 2, 0.25, 0.75, 0.33, 0.66), 9)
    1.122
    """
    two = equal(neighboring_counties, neighbors_needed)
    own = where(two, own_weight_of_two_neighbors, own_weight)
    theirs = where(two, neighbors_weight_of_two_neighbors, neighbors_weight)
    return own * comparable_wage_index + theirs * neighbors_mean_comparable_wage_index


@line("18-8.15(b)(3)", Measure.RATIO, law_as_read(13))
def unit_comparable_wage_index(
    comparable_wage_index: Values, neighbors_weighted_comparable_wage_index: Values
) -> Values:
    """The unit's CWI: the greater of the county's own and the weighted.

    It has no least: that is the factor's.

    >>> unit_comparable_wage_index(0.8, 0.85), unit_comparable_wage_index(1.1, 1.05)
    (0.85, 1.1)
    """
    return maximum(comparable_wage_index, neighbors_weighted_comparable_wage_index)


@line("18-8.15(b)(3)", Measure.RATIO, law_as_read(13), statewide=True)
def statewide_weighted_comparable_wage_index(
    unit_comparable_wage_index: Values, average_student_enrollment: Values
) -> Values:
    """The mean CWI of all units, weighted by Average Student Enrollment.

    >>> statewide_weighted_comparable_wage_index(units(0.9, 1.2), units(200, 100))
    1.0
    """
    weighted = statewide_sum(unit_comparable_wage_index * average_student_enrollment)
    return divide(weighted, statewide_sum(average_student_enrollment))


@line("18-8.15(b)(3)", Measure.RATIO, law_as_read(13, 14), rounding=CUT_5)
def regionalization_factor(
    unit_comparable_wage_index: Values,
    statewide_weighted_comparable_wage_index: Values,
    least_regionalization_factor: Values,
) -> Values:
    """The Regionalization Factor: unit CWI over statewide CWI, at least 0.90.

    >>> regionalization_factor(1.1, 1.05, 0.9), regionalization_factor(0.9, 1.05, 0.9)
    (1.04761, 0.9)
    """
    factor = divide(unit_comparable_wage_index, statewide_weighted_comparable_wage_index)
    return maximum(factor, least_regionalization_factor)


@line("18-8.15(b)(1)", Measure.DOLLARS, verified(12), rounding=CUT_2)
def adequacy_target(
    core_investments: Values,
    per_student_investments_subject_to_regionalization: Values,
    additional_investments: Values,
    regionalization_factor: Values,
    per_student_investments_not_subject_to_regionalization: Values,
) -> Values:
    """The Adequacy Target: what the unit's staff, programs and buildings cost.

    Salaries are regionalized; benefits and the other amounts are not.

    >>> # Payson in FY2022
    >>> adequacy_target(3001977.56, 434348.64, 893417.16, 0.9, 2573840.20424)
    6470609.22
    """
    regionalized = (
        core_investments
        + per_student_investments_subject_to_regionalization
        + additional_investments
    ) * regionalization_factor
    return regionalized + per_student_investments_not_subject_to_regionalization


LINES: tuple[Line, ...] = (
    core_teacher_enrollment,
    school_enrollment,
    kindergarten_to_12_enrollment,
    *b_cost_factors.LINES,
    _total(
        "core_investments",
        tuple(factor.cost for factor in CORE_FACTORS),
        "Core investments, (A) to (L)",
        "18-8.15(b)(2)(A)-(L)",
        verified(note=BY_CORE_INVESTMENTS),
    ),
    _part(
        "low_income_investments",
        LOW_INCOME_POSITIONS,
        "Investments for low-income pupils",
        "18-8.15(b)(2)(V)",
    ),
    _part(
        "english_learner_investments",
        ENGLISH_LEARNER_POSITIONS,
        "Investments for English learners",
        "18-8.15(b)(2)(W)",
    ),
    _part(
        "special_education_investments",
        SPECIAL_EDUCATION_POSITIONS,
        "Investments for special education",
        "18-8.15(b)(2)(X)",
    ),
    _total(
        "additional_investments",
        (
            "low_income_investments",
            "english_learner_investments",
            "special_education_investments",
        ),
        "Additional investments, (V) to (X)",
        "18-8.15(b)(2)(V)-(X)",
        verified(note="two thirds of FY2022's units"),
    ),
    _total(
        "per_student_investments",
        tuple(factor.cost for factor in PER_STUDENT_FACTORS),
        "Per-student investments, (M) to (T)",
        "18-8.15(b)(2)(M)-(T)",
        verified(note=BY_PER_STUDENT_INVESTMENTS),
    ),
    per_student_investments_subject_to_regionalization,
    per_student_investments_not_subject_to_regionalization,
    neighbors_weighted_comparable_wage_index,
    unit_comparable_wage_index,
    statewide_weighted_comparable_wage_index,
    regionalization_factor,
    adequacy_target,
)
