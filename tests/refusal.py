"""What is refused, and with which faults."""

from __future__ import annotations

from typing import Any

import pytest

import ebf


def all_faults(call: Any) -> list[ebf.Fault]:
    """The faults of a call that is refused."""
    with pytest.raises(ebf.InputError) as caught:
        call()
    return list(caught.value.faults)
