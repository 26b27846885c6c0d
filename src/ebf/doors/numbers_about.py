"""The numbers of the law by words that people have for them.

Holds: rows_about.
"""

from __future__ import annotations

import pandas as pd

from ebf.law.parameters import Law


def rows_about(law: Law, words: str) -> pd.DataFrame:
    """The rows of ``law.table()`` whose name, label or cite have all of the words."""
    rows = law.table().set_index("parameter")
    of_rows = rows.index + " " + rows["label"] + " " + rows["cite"]
    asked = _plain(words).split()
    return rows[[all(each in _plain(row) for each in asked) for row in of_rows]]


def _plain(words: str) -> str:
    """The words without case, and without what joins them: k_3 and K-3 are k 3."""
    return words.lower().replace("_", " ").replace("-", " ")
