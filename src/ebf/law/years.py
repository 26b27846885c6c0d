"""The fiscal years that the library knows: FY2022 is July 2021 to June 2022.

Adding a year begins here; CONTRIBUTING.md has the other steps.

Holds: FIRST_YEAR, LAST_YEAR, YEARS, PROGRAMS_JOINED.
"""

from __future__ import annotations

from typing import Final

FIRST_YEAR: Final = 2018
LAST_YEAR: Final = 2027
YEARS: Final = range(FIRST_YEAR, LAST_YEAR + 1)

PROGRAMS_JOINED: Final = 2020
"""Regional programs are in the formula from this year on (P.A. 101-10)."""
