"""What the package says of itself: its lowest versions are the ones that are tested."""

from __future__ import annotations

import re
import tomllib

import pytest
from checkout import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = [
    Requirement(each)
    for name in (None, *EXTRAS)
    if name not in {"check", "docs"}  # tools, of one version each
    for each in (EXTRAS[name] if name else PROJECT["dependencies"])
    if not each.startswith(PROJECT["name"])
]


def pinned(file: str) -> dict[str, set[Version]]:
    """The versions of a file of constraints, by package; markers may choose among several."""
    found: dict[str, set[Version]] = {}
    for line in (ROOT / "constraints" / file).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            each = Requirement(line)
            (only,) = each.specifier
            assert only.operator == "=="
            found.setdefault(canonicalize_name(each.name), set()).add(Version(only.version))
    return found


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_the_oldest_versions_tested_are_the_lowest_allowed(asked: Requirement) -> None:
    (lowest,) = asked.specifier
    assert lowest.operator == ">="
    assert pinned("oldest.txt")[canonicalize_name(asked.name)] == {Version(lowest.version)}


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_the_newest_versions_tested_are_newer(asked: Requirement) -> None:
    (lowest,) = asked.specifier
    newest = pinned("newest.txt")[canonicalize_name(asked.name)]
    assert min(newest) >= Version(lowest.version)
    assert newest != pinned("oldest.txt")[canonicalize_name(asked.name)]


def test_the_changelog_has_the_version() -> None:
    headings = re.findall(r"(?m)^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert headings[0] == PROJECT["version"]
