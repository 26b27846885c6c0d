"""What a process shares with all that runs in it, as words: to see that nothing is changed."""

from __future__ import annotations

import decimal
import gc
import locale
import logging
import os
import random
import signal
import sys
import tempfile
import threading
import warnings
from hashlib import sha256
from importlib import import_module
from pathlib import Path

OTHERS = (
    "mpmath",
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "pydantic",
    "rich.console",
    "rich.progress",
    "rich.table",
    "scipy.stats",
    "xlsxwriter",
)
"""Libraries that change some of it when they are first imported."""


def import_others() -> None:
    """Import them all, so that what they change is not taken for ours."""
    for name in OTHERS:
        import_module(name)
    tempfile.gettempdir()  # found once


def snapshot() -> dict[str, str]:
    """Everything shared, by name."""
    import mpmath  # noqa: PLC0415 - what imports this module says when
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    umask = os.umask(0)
    os.umask(umask)
    descriptors = Path("/proc/self/fd")
    root = logging.getLogger()
    shared: dict[str, object] = {
        "random": _digest(random.getstate()),
        "numpy.random": _digest([str(each) for each in np.random.get_state()]),  # noqa: NPY002
        "warnings": (*warnings.filters, warnings.showwarning),
        "numpy errors": (np.geterr(), np.geterrcall()),
        "numpy print": np.get_printoptions(),
        "pandas options": pd.describe_option("", _print_desc=False),
        "locale": locale.setlocale(locale.LC_ALL),
        "decimal": decimal.getcontext(),
        "mpmath": (mpmath.mp.prec, mpmath.mp.dps, mpmath.iv.prec),
        "sys.path": sys.path,
        "environment": dict(os.environ),
        "folder": os.getcwd(),  # noqa: PTH109 - as it is
        "umask": umask,
        "signals": {each: signal.getsignal(each) for each in signal.valid_signals()},
        "logging": (root.handlers, root.level, logging.raiseExceptions, root.filters),
        "threads": [each.name for each in threading.enumerate()],
        "hooks": (sys.excepthook, sys.unraisablehook, threading.excepthook, sys.displayhook),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "collector": (gc.isenabled(), gc.get_threshold()),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), threading.stack_size()),
        "temporary folder": tempfile.tempdir,
        "matplotlib": "matplotlib" in sys.modules,
        "open files": len(list(descriptors.iterdir())) if descriptors.is_dir() else 0,
    }
    return {name: repr(value) for name, value in shared.items()}


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The names of what differs."""
    return [name for name in before if before[name] != after[name]]


def _digest(state: object) -> str:
    return sha256(repr(state).encode()).hexdigest()
