"""What tests share: the published records, and what to do where they are missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[2] / "shared" / "published"


def needs(what: str, present: bool, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Skip a test for want of something; fail where EBF_REQUIRED names it."""
    if present:
        return
    if what in os.environ.get("EBF_REQUIRED", "").split():
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the state board's published records."""
    needs("published", PUBLISHED.is_dir(), "the state's published records are not on this machine")
    return PUBLISHED
