"""Leave out mutants of annotations, which nothing runs: `X | None` is no operation."""

from __future__ import annotations

import ast
import sys
from argparse import Namespace
from functools import cache
from pathlib import Path

from cosmic_ray.tools.filters.filter_app import FilterApp
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import WorkerOutcome, WorkResult

Position = tuple[int, int]


@cache
def annotations(module: Path) -> list[tuple[Position, Position]]:
    """Where a module's annotations begin and end, (line, column) each."""
    tree = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    found = [getattr(node, name, None) for node in tree for name in ("annotation", "returns")]
    return [
        ((each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0))
        for each in found
        if isinstance(each, ast.expr)
    ]


class AnnotationsFilter(FilterApp):
    """Marks them as skipped."""

    def filter(self, work_db: WorkDB, args: Namespace) -> None:  # noqa: ARG002 - as called
        """Skip each mutant that lies within an annotation."""
        for item in list(work_db.pending_work_items):
            within = (
                begin <= mutation.start_pos < end
                for mutation in item.mutations
                for begin, end in annotations(Path(mutation.module_path))
            )
            if any(within):
                work_db.set_result(
                    item.job_id, WorkResult(WorkerOutcome.SKIPPED, output="annotation")
                )


if __name__ == "__main__":
    sys.exit(AnnotationsFilter().main())
