"""What tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import PUBLISHED, needs


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the state board's published records."""
    needs("published", PUBLISHED.is_dir(), "the state's published records are not on this machine")
    return PUBLISHED
