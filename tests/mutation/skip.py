"""Leave out mutants that compute nothing else: of annotations, and of what a line claims.

Nothing runs `X | None`. The numbers in `verified(853, 853, 7)` are data: tests/test_published.py
measures the matches, tests/test_wiring.py ties the readings to docs/readings.md.
"""

from __future__ import annotations

import ast
import sys
from argparse import Namespace
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cosmic_ray.tools.filters.filter_app import FilterApp
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import WorkerOutcome, WorkResult

CLAIMS = {"verified", "from_guide", "law_as_read"}
Position = tuple[int, int]


def left_out(tree: ast.AST) -> Iterator[ast.expr]:
    """The annotations of a module, and its claims."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if isinstance(found := getattr(node, name, None), ast.expr):
                yield found
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in CLAIMS:
            yield node


@cache
def places(module: Path) -> list[tuple[Position, Position]]:
    """Where they begin and end, (line, column) each."""
    return [
        ((each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0))
        for each in left_out(ast.parse(module.read_text(encoding="utf-8")))
    ]


class Skip(FilterApp):
    """Marks them as skipped."""

    def filter(self, work_db: WorkDB, args: Namespace) -> None:  # noqa: ARG002 - as called
        """Skip each mutant that lies within one."""
        for item in list(work_db.pending_work_items):
            within = (
                begin <= mutation.start_pos < end
                for mutation in item.mutations
                for begin, end in places(Path(mutation.module_path))
            )
            if any(within):
                skipped = WorkResult(WorkerOutcome.SKIPPED, output="annotation or claim")
                work_db.set_result(item.job_id, skipped)


if __name__ == "__main__":
    sys.exit(Skip().main())
