"""What a session found, as a page: `python tests/mutation/report.py SESSION`.

Mutants that live stand there with the reason from equivalent.toml, or without one.
"""

from __future__ import annotations

import sqlite3
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

REASONS = Path(__file__).with_name("equivalent.toml")
FOUND = """
select module_path, start_pos_row, operator_name, test_outcome, diff
from mutation_specs join work_results using (job_id)
where worker_outcome != 'SKIPPED' order by module_path, start_pos_row, operator_name, diff
"""
LEFT = "select count(*) from work_items where job_id not in (select job_id from work_results)"


class Mutant(NamedTuple):
    """One fault put in: where, what, and whether the tests noticed."""

    module: str
    row: int
    operator: str
    killed: bool
    was: str
    becomes: str


def mutants(session: Path) -> tuple[list[Mutant], int]:
    """All that a session tried, and how many it has still to try."""
    with closing(sqlite3.connect(session)) as database:
        (left,) = database.execute(LEFT).fetchone()
        found = [
            Mutant(
                module.removeprefix("src/ebf/"),
                row,
                operator.removeprefix("core/"),
                outcome != "SURVIVED",
                _side(diff, "-"),
                _side(diff, "+"),
            )
            for module, row, operator, outcome, diff in database.execute(FOUND)
        ]
    return found, left


def _side(diff: str | None, sign: str) -> str:
    """The lines of one side of a diff, in one."""
    lines = (diff or "").splitlines()
    kept = [line[1:].strip() for line in lines if line[:1] == sign and line[:3] != sign * 3]
    return " ".join(" ".join(kept).split())


def reasons() -> dict[tuple[str, str, str], str]:
    """Why a mutant is no fault, by module and the lines before and after."""
    listed = tomllib.loads(REASONS.read_text(encoding="utf-8"))["mutants"]
    return {
        (each["module"], each["was"], becomes): each["why"]
        for each in listed
        for becomes in each["becomes"]
    }


def rows(cells: Iterable[Iterable[object]]) -> Iterator[str]:
    """Rows of a Markdown table."""
    for row in cells:
        escaped = (str(cell).replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(escaped)} |"


def page(found: list[Mutant], left: int) -> Iterator[str]:
    """The page, line by line."""
    tried, killed = Counter(m.module for m in found), Counter(m.module for m in found if m.killed)
    why = reasons()
    alive = [each for each in found if not each.killed]
    known = [(each, why.get((each.module, each.was, each.becomes))) for each in alive]
    yield "# Mutation testing"
    yield ""
    yield "Written by `bash tests/mutation/run`, which says what it needs. One fault at a time is"
    yield "put into the code; a mutant is killed when a test notices. Operators and what is left"
    yield "out: `tests/mutation/cosmic-ray.toml`; beside cosmic-ray's own, faults in the words that"
    yield "the formula is written in: `tests/mutation/mutation_operators.py`."
    yield ""
    share = killed.total() / tried.total()
    explained = sum(reason is not None for _, reason in known)
    of_all = "All" if explained == len(known) else f"{explained} of"
    yield f"**{killed.total():,} of {tried.total():,} mutants killed, {share:.1%}.**"
    yield f"{of_all} the {len(known)} that live change nothing that a caller can tell, for the"
    yield "reasons below."
    if left:
        yield f"{left:,} mutants, drawn at random, were still to be tried when this was written."
    yield ""
    yield from rows([("Module", "Tried", "Killed", "Alive"), ("---", "--:", "--:", "--:")])
    for module in sorted(tried):
        alive_here = tried[module] - killed[module]
        yield from rows([(f"`{module}`", f"{tried[module]:,}", f"{killed[module]:,}", alive_here)])
    yield ""
    yield "## Those that live"
    yield ""
    yield from rows([("Where", "Was", "Becomes", "Why no test fails"), ("---",) * 4])
    for each, reason in known:
        place = f"`{each.module}` {each.row}"
        yield from rows([(place, f"`{each.was}`", f"`{each.becomes}`", reason or "**none**")])


if __name__ == "__main__":
    sys.stdout.write("\n".join(page(*mutants(Path(sys.argv[1])))) + "\n")
