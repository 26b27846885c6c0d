"""Maps: areas of a GeoJSON in classes of a number, each area by its key.

Holds: Area, Classes, classes_of, areas_in, area_map.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from os import PathLike
from typing import Any, Final

import numpy as np

from ebf.faults import Fault, InputError, Place, described, malformed, missing, unknown_name
from ebf.files import readable
from ebf.show.charts.chart import Caption, Chart, check_libraries
from ebf.show.charts.drawing import Drawing
from ebf.show.charts.style import BORDER, CLASS_COLORS, NO_VALUE
from ebf.show.document import Table
from ebf.show.safe_text import printable
from ebf.show.words import short

_AREAS: Final = {"Polygon": 2, "MultiPolygon": 3}
"""The kinds of geometry that have an area, and how deep their rings' points lie."""
_WHAT: Final = "a GeoJSON FeatureCollection of areas"
_DEGREES: Final = (180.0, 90.0)
_MOST_BYTES: Final = 50_000_000
_SHAPE: Final = (420, 640)
"""Width and height: Illinois is long."""
_NONE: Final = "no value"
_POINT: Final = 2
"""Numbers of a point; more of them are heights."""
_LEAST_RING: Final = 4
"""Points of a ring: a triangle, the first point again at its end."""


@dataclass(frozen=True)
class Area:
    """An area by its key: the name or id that it has in its file."""

    key: str
    geometry: Mapping[str, Any]


@dataclass(frozen=True)
class Classes:
    """Classes of a number: their edges, and what each is called, from the least on."""

    edges: tuple[float, ...]
    names: tuple[str, ...]

    def of(self, value: float | None) -> str:
        """The class of a value; of none, that there is none."""
        if value is None:
            return _NONE
        place = int(np.searchsorted(self.edges[1:-1], value, side="right"))
        return self.names[place]


def classes_of(values: Sequence[float], measure: str) -> Classes:
    """Up to five classes with about as many values each, their edges round.

    >>> classes_of([0.61, 0.72, 0.74, 0.83, 0.95, 1.1], "share").names
    ('under 72 %', '72 % to 74 %', '74 % to 83 %', '83 % to 95 %', '95 % and more')
    """
    if not len(values):
        return Classes((0.0, 1.0), ("any value",))
    count = len(CLASS_COLORS)
    inner = sorted(
        {_round(each) for each in np.quantile(values, [n / count for n in range(1, count)])}
    )
    edges = (min(values), *inner, max(values))
    if not inner:
        return Classes(edges, ("any value",))
    words = [short(each, measure).replace(".0 %", " %") for each in inner]
    between = (f"{low} to {high}" for low, high in pairwise(words))
    return Classes(edges, (f"under {words[0]}", *between, f"{words[-1]} and more"))


def _round(value: float) -> float:
    """To two digits."""
    return round(float(value), 1 - floor(log10(abs(value)))) if value else 0.0


# --- Areas from outside ------------------------------------------------------------


def areas_in(geojson: str | PathLike[str] | Mapping[str, Any], key: str) -> list[Area]:
    """The areas of a GeoJSON, by the property ``key`` of each, or by its ``id``.

    Raises InputError, all faults at once: for what is no GeoJSON of areas in degrees, or where a
    feature has no such property.
    """
    place, content = _read(geojson)
    features = content.get("features") if isinstance(content, Mapping) else None
    if not isinstance(features, (list, tuple)) or not features:
        raise InputError([malformed(place, _said(content), _WHAT)])
    found, faults = list[Area](), list[Fault]()
    for number, feature in enumerate(features):
        try:
            found.append(_area(feature, key, number))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _read(geojson: Any) -> tuple[Place, Any]:
    if isinstance(geojson, Mapping):
        return Place("geojson", argument="geojson"), geojson
    file = readable(geojson, "a GeoJSON file", _MOST_BYTES)
    place = Place(str(file), argument="geojson", file=str(file))
    try:
        with file.open("rb") as opened:
            return place, json.loads(opened.read())
    except (ValueError, RecursionError) as error:
        raise InputError([malformed(place, f"no JSON: {error}", _WHAT)]) from error


def _said(content: Any) -> str:
    kind = content.get("type") if isinstance(content, Mapping) else None
    return described(content) if kind is None else f"a {described(kind)} without features"


def _area(feature: Any, key: str, number: int) -> Area:
    place = Place("geojson", f"feature {number}", argument="geojson")
    if not isinstance(feature, Mapping):
        raise InputError([malformed(place, described(feature), "a feature")])
    properties = feature.get("properties")
    own = dict(properties) if isinstance(properties, Mapping) else {}
    named = own.get(key, feature.get("id") if key == "id" else None)
    faults = []
    if key not in own and named is None:
        where = Place("geojson", f"feature {number}: {key}", argument="unit_id_property")
        names = ", ".join(sorted(map(str, own))) or "none"
        faults.append(
            unknown_name(where, "no such property", f"one of its own: {names}", map(str, own))
        )
    elif not isinstance(named, (str, int)) or isinstance(named, bool):
        where = Place("geojson", f"feature {number}: {key}", argument="unit_id_property")
        faults.append(missing(where, described(named), "an id as text"))
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in _AREAS or not isinstance(geometry, Mapping):
        faults.append(malformed(place, f"geometry {described(kind)}", "a Polygon or MultiPolygon"))
        raise InputError(faults)
    try:
        shape = _turned(geometry.get("coordinates"), _AREAS[kind])
    except (TypeError, ValueError) as error:
        allowed = "rings of points [longitude, latitude] in degrees"
        fault = malformed(place, str(error), allowed, fix="export it in WGS 84 (EPSG:4326)")
        raise InputError([*faults, fault]) from error
    if faults:
        raise InputError(faults)
    return Area(str(named), {"type": kind, "coordinates": shape})


def _turned(coordinates: Any, depth: int) -> list[Any]:
    """The rings as the drawing needs them: an outer one with the clock, a hole against it.

    Files have them either way round; the wrong one would fill all of the earth but the area.
    """
    if not isinstance(coordinates, (list, tuple)) or not coordinates:
        message = f"coordinates {described(coordinates)}"
        raise ValueError(message)
    if depth > _AREAS["Polygon"]:
        return [_turned(each, depth - 1) for each in coordinates]
    return [_ring(ring, is_outer=place == 0) for place, ring in enumerate(coordinates)]


def _ring(ring: Any, *, is_outer: bool) -> list[list[float]]:
    points = np.array([tuple(point)[:_POINT] for point in ring], dtype=np.float64)
    if points.ndim != _POINT or points.shape[1] != _POINT or len(points) < _LEAST_RING:
        message = f"a ring of {len(points)} points"
        raise ValueError(message)
    if not (np.abs(points) <= _DEGREES).all():  # nor is NaN
        message = f"a point {points[~(np.abs(points) <= _DEGREES).all(axis=1)][0].tolist()}"
        raise ValueError(message)
    x, y = (points - points[0]).T
    is_with_clock = float((x[1:] * y[:-1] - x[:-1] * y[1:]).sum()) > 0
    turned: list[list[float]] = (points if is_with_clock is is_outer else points[::-1]).tolist()
    return turned


# --- The map -------------------------------------------------------------------------


def _features(areas: Sequence[Area], found: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for area in areas:
        properties = {"class": found.get(area.key, _NONE)}
        yield {"type": "Feature", "geometry": dict(area.geometry), "properties": properties}


def area_map(
    areas: Sequence[Area], table: Table, caption: Caption, value: str, title: str, *, dark: bool
) -> Chart:
    """The areas in classes of a column of the table, whose first column has their keys.

    ``dark`` is whether the least are dark; otherwise the most are. An area without a value
    is white.
    """
    check_libraries()
    import altair as alt  # noqa: PLC0415 - import ebf stays quick

    drawing = Drawing(table)
    place, measure = drawing.place(value), drawing.measure(value)
    classes = classes_of(drawing.numbers(value), measure)
    of_area = {str(row[0]): classes.of(_number(row[place])) for row in table.rows}
    colors = _colors(len(classes.names))
    colors = colors[::-1] if dark else colors
    is_lacking = any(of_area.get(area.key, _NONE) == _NONE for area in areas)
    names = [*classes.names, *([_NONE] if is_lacking else [])]
    shapes = alt.InlineData(
        values={"type": "FeatureCollection", "features": [*_features(areas, of_area)]},
        format={"type": "json", "property": "features"},
    )
    middle = _middle(areas)
    width, height = _SHAPE
    picture = (
        alt.Chart(shapes)
        .mark_geoshape(stroke=BORDER, strokeWidth=0.8)
        .encode(
            fill=alt.Fill(
                "properties.class",
                type="nominal",
                scale=alt.Scale(domain=names, range=[*colors, NO_VALUE][: len(names)]),
                legend=alt.Legend(title=[printable(title)], orient="right", symbolSize=220),
            )
        )
        .project(type="transverseMercator", rotate=[-middle, 0, 0])
        .properties(width=width, height=height)
    )
    return drawing.finished(picture, caption)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _colors(count: int) -> list[str]:
    """So many of the colours, the ends among them."""
    last = len(CLASS_COLORS) - 1
    if count == 1:
        return [CLASS_COLORS[last // 2]]
    return [CLASS_COLORS[round(n * last / (count - 1))] for n in range(count)]


def _middle(areas: Sequence[Area]) -> float:
    """The middle longitude, about which the map is straight."""
    longitudes = [point[0] for area in areas for rings in _polygons(area) for point in rings[0]]
    return (min(longitudes) + max(longitudes)) / 2 if longitudes else 0.0


def _polygons(area: Area) -> Any:
    coordinates = area.geometry["coordinates"]
    return [coordinates] if area.geometry["type"] == "Polygon" else coordinates
