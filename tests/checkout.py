"""Where the tests stand, and what they need that may be missing there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT.parent / "shared" / "published"


REQUIRED = os.environ.get("EBF_REQUIRED", "").split()
"""What a run may not do without, where tests would skip for want of it."""


def needs(what: str, present: bool, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Skip a test for want of something; fail where EBF_REQUIRED names it."""
    if present:
        return
    if what in REQUIRED:
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)


def chromium() -> str:
    """The browser in which tests look at pages."""
    found = shutil.which("chromium")
    needs("chromium", found is not None, "Chromium (Debian: chromium) is not installed")
    return str(found)
