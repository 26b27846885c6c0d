"""The Containerfile, as far as it can be held to what it says without a container."""

from __future__ import annotations

import json
import re
import tomllib

from checkout import ROOT
from typer.testing import CliRunner

from ebf.doors.command import app

LINES = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()


def of(instruction: str) -> list[str]:
    return [line.partition(" ")[2].strip() for line in LINES if line.startswith(f"{instruction} ")]


def test_it_runs_as_an_ordinary_user() -> None:
    (user,) = of("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    last_from = max(n for n, line in enumerate(LINES) if line.startswith("FROM"))
    assert next(n for n, line in enumerate(LINES) if line.startswith("USER")) > last_from


def test_it_installs_the_extra_that_serves_from_what_there_is() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "serve" in extras["optional-dependencies"]
    assert any('".[serve]"' in each for each in of("RUN"))
    copied = [each.split() for each in of("COPY") if not each.startswith("--from")]
    for *sources, _ in copied:  # the tests of a wheel stand in a tree without src
        assert all((ROOT / source).exists() for source in sources if source != "src")
    included = {name for *sources, _ in copied for name in sources}
    assert {"src", "data", extras["readme"], *extras["license-files"]} <= included


def test_its_command_has_options_that_there_are() -> None:
    (command,) = map(json.loads, of("ENTRYPOINT"))
    assert command[:2] == ["/ebf/bin/ebf", "serve"]
    shown = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert all(each in plain for each in command if each.startswith("--"))


def test_it_is_asked_for_its_health_where_it_listens() -> None:
    (check,) = of("HEALTHCHECK")
    (port,) = of("EXPOSE")
    assert f":{port}/health" in check
    shown = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output
    assert port in shown
