"""Where the files lie that are not code.

Holds: DATA.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parents[2] / "data"

DATA = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
"""The folder data/: inside the installed package, or beside src/ in a checkout."""
