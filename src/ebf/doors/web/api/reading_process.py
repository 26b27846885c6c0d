"""The process that reads an uploaded file: within bounds of memory and time, writing its answer.

Holds: UPLOAD, ASKED, ANSWER, FAULTS, main.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from ebf.doors.web.bounds import UPLOAD_MEMORY, UPLOAD_SECONDS
from ebf.doors.web.refusals import faults_as_json
from ebf.faults import InputError

UPLOAD: Final = "upload"
"""The file's name in its folder, whatever it is called."""
ASKED: Final = "asked.json"
ANSWER: Final = "answer.json"
FAULTS: Final = "faults.json"


class _Opened(BytesIO):
    """The content of a file, with what it is called."""

    name: str


def _bound() -> None:
    """Bounds on the process, where the system has them: it ends, should its parent not end it."""
    try:
        import resource  # noqa: PLC0415 - of Unix alone
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (UPLOAD_MEMORY, UPLOAD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (UPLOAD_SECONDS, UPLOAD_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(folder: Path) -> None:
    """Reconcile the file of a folder, and write the answer or the faults beside it."""
    from ebf.reports.reconciliation import reconcile  # noqa: PLC0415 - behind the bounds

    asked = json.loads((folder / ASKED).read_text())
    opened = _Opened((folder / UPLOAD).read_bytes())
    opened.name = asked.pop("name")
    try:
        found = reconcile(opened, **asked)
        (folder / ANSWER).write_text(found.to_json(), encoding="utf-8")
    except InputError as error:
        (folder / FAULTS).write_text(faults_as_json(error.faults), encoding="utf-8")


if __name__ == "__main__":
    _bound()
    main(Path(sys.argv[1]))
