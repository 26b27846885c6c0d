"""Leave out mutants that compute nothing else: annotations, signatures, what a line claims.

Nothing runs `X | None`, and the `*` of `def f(a, *, b)` multiplies nothing. The numbers in
`verified(853, 853, 7)` are data: tests/test_published.py measures the matches,
tests/test_wiring.py ties the readings to docs/readings.md.
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


def begin(node: ast.expr | ast.arg) -> Position:
    """Where it begins."""
    return node.lineno, node.col_offset


def end(node: ast.expr | ast.arg) -> Position:
    """Where it ends."""
    return node.end_lineno or 0, node.end_col_offset or 0


def left_out(tree: ast.AST) -> Iterator[tuple[Position, Position]]:
    """Where annotations, claims and the `*` of signatures begin and end."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if isinstance(found := getattr(node, name, None), ast.expr):
                yield begin(found), end(found)
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in CLAIMS:
            yield begin(node), end(node)
        if isinstance(node, ast.FunctionDef) and node.args.kwonlyargs and not node.args.vararg:
            ends = map(end, [*node.args.args, *node.args.defaults])
            first = max(ends, default=(node.lineno, node.col_offset))
            yield first, begin(node.args.kwonlyargs[0])


@cache
def places(module: Path) -> list[tuple[Position, Position]]:
    """Where they begin and end, (line, column) each."""
    return list(left_out(ast.parse(module.read_text(encoding="utf-8"))))


class Skip(FilterApp):
    """Marks them as skipped."""

    def filter(self, work_db: WorkDB, args: Namespace) -> None:  # noqa: ARG002 - as called
        """Skip each mutant that lies within one."""
        for item in list(work_db.pending_work_items):
            within = (
                first <= mutation.start_pos < last
                for mutation in item.mutations
                for first, last in places(Path(mutation.module_path))
            )
            if any(within):
                skipped = WorkResult(WorkerOutcome.SKIPPED, output="annotation, signature or claim")
                work_db.set_result(item.job_id, skipped)


if __name__ == "__main__":
    sys.exit(Skip().main())
