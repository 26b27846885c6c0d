"""Which version of the library this is.

Holds: version.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """The version that is installed, as ``ebf.__version__``; "unknown" beside an installation."""
    try:
        return metadata.version("illinois-ebf")
    except metadata.PackageNotFoundError:
        return "unknown"
