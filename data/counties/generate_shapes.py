"""Make shapes.json: the 102 counties of Illinois, from the shapes of the U.S. Census Bureau.

``python data/counties/generate_shapes.py counties-10m.json`` rewrites the file beside this one. It
is given the file of that name of the npm package us-atlas 3.0.1 (ISC, Copyright 2013-2019 Michael
Bostock), which has the Bureau's cartographic boundaries of 2017, simplified; they are in the
public domain. Names are those of data/county_neighbors.toml, ids the Bureau's FIPS codes.
"""

from __future__ import annotations

import json
import sys
import tomllib
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias

Point: TypeAlias = tuple[float, float]

HERE = Path(__file__).parent
ILLINOIS = "17"
DECIMALS = 4
"""Of a degree: some ten metres, far less than what the source rounds to."""
SOURCE = "U.S. Census Bureau, cartographic boundaries 2017, by us-atlas 3.0.1 (npm)"


def key(name: str) -> str:
    """A name without what spellings differ in."""
    return "".join(letter for letter in name.lower() if letter.isalpha())


def points(topology: Any, arc: int) -> list[Point]:
    """The points of an arc; ``~arc`` is the arc backwards."""
    (across, up), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    steps = topology["arcs"][arc if arc >= 0 else ~arc]
    places = accumulate(steps, lambda at, step: [at[0] + step[0], at[1] + step[1]])
    found = [(round(x * across + left, DECIMALS), round(y * up + low, DECIMALS)) for x, y in places]
    return found if arc >= 0 else found[::-1]


def ring(topology: Any, arcs: list[int]) -> list[Point]:
    """The arcs one behind the other; each begins where the one before ends."""
    first, *others = (points(topology, arc) for arc in arcs)
    return [*first, *(point for other in others for point in other[1:])]


def features(topology: Any, names: dict[str, str]) -> list[dict[str, Any]]:
    """A feature a county of Illinois, by name."""
    found = []
    for county in topology["objects"]["counties"]["geometries"]:
        if county["id"].startswith(ILLINOIS):
            rings = [ring(topology, arcs) for arcs in county["arcs"]]
            found.append(
                {
                    "type": "Feature",
                    "id": county["id"],
                    "properties": {"name": names[key(county["properties"]["name"])]},
                    "geometry": {"type": county["type"], "coordinates": rings},
                }
            )
    return sorted(found, key=lambda each: str(each["properties"]["name"]))


if __name__ == "__main__":
    own = tomllib.loads((HERE.parent / "county_neighbors.toml").read_text(encoding="utf-8"))
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    shapes = features(read, {key(name): name for name in own})
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in shapes)
    written = f'{{"type":"FeatureCollection","source":"{SOURCE}","features":[\n{lines}\n]}}\n'
    (HERE / "shapes.json").write_text(written, encoding="utf-8")
