"""What tests share: the published records, and what to do where they are missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[2] / "shared" / "published"


def needs(present: bool, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Skip a test for want of something; where everything must be there, fail."""
    if present:
        return
    if os.environ.get("EBF_REQUIRE_EVERYTHING"):
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the state board's published records."""
    needs(PUBLISHED.is_dir(), "the state's published records are not on this machine")
    return PUBLISHED
