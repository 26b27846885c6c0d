"""What a request may ask for at most: every one of these is refused before it is computed.

Holds: MOST_BODY, MOST_TABLE, MOST_UPLOAD, MOST_COUNTS, MOST_CHANGES, MOST_SWEPT, MOST_ROWS,
MOST_NAME, MOST_AT_ONCE, MOST_WAITING, KEPT, MOST_READ, UPLOAD_MEMORY, UPLOAD_SECONDS.
"""

from __future__ import annotations

from typing import Final

MOST_BODY: Final = 64 * 1024
"""Bytes of a body that is no upload."""
MOST_TABLE: Final = 1024 * 1024
"""Bytes of a table as JSON: finances or levies, a row a district."""
MOST_UPLOAD: Final = 32 * 1024 * 1024
"""Bytes of a file; the whole full-calculation workbook has some eight million."""
MOST_COUNTS: Final = 1024 * 1024
"""Bytes of a file of one unit's counts."""
MOST_CHANGES: Final = 200
"""Changes of a what-if."""
MOST_SWEPT: Final = 200
"""States of a sweep."""
MOST_ROWS: Final = 20_000
"""Rows of a table that is handed over or answered, where there may be that many."""
MOST_NAME: Final = 200
"""Characters of a name or an id."""
MOST_AT_ONCE: Final = 4
"""Requests computed at a time; the others wait."""
MOST_WAITING: Final = 64
"""Connections at a time; more are told to come back."""
KEPT: Final = 16
"""What-ifs whose ledgers are kept, so that the walk through one computes nothing anew."""
MOST_READ: Final = 2
"""Uploaded files read at a time; who comes then is told to come back."""
UPLOAD_MEMORY: Final = 8 * 1024**3
"""Bytes of address space that the process may take which reads one."""
UPLOAD_SECONDS: Final = 120
"""What reading an uploaded file may take, in a process of its own, which is ended then."""
