"""The public interface, pinned in ``api.txt``: a change of it shows as a difference.

``python tests/test_api.py`` writes the file anew.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic
from typer.main import get_command

import ebf
import ebf.explain.explanation
from ebf.doors.command import app
from ebf.law.funding import FUNDING
from ebf.law.inputs import inputs
from ebf.law.parameters import parameters

API = Path(__file__).with_name("api.txt")
EXPLAINED = ("Audit", "Explanation")
UNSEEN = (
    "__init__", "__init_subclass__", "__post_init__", "__getstate__", "__setstate__", "__reduce__",
)  # fmt: skip


class Source(str):
    """An annotation as the source has it; versions of Python show it in different ways."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def signature(function: Callable[..., Any]) -> str:
    """What a function takes and returns."""
    found = inspect.signature(function)
    taken = [
        each.replace(annotation=Source(each.annotation))
        for name, each in found.parameters.items()
        if name not in {"self", "cls"}
    ]
    return str(found.replace(parameters=taken, return_annotation=Source(result(function))))


def result(function: Callable[..., Any]) -> str:
    """What a function returns."""
    return str(inspect.get_annotations(function)["return"])


def is_written(function: Any) -> bool:
    """Whether it stands in this library's source; what a dataclass makes does not."""
    code = getattr(function, "__code__", None)
    return code is not None and Path(code.co_filename).is_relative_to(Path(ebf.__file__).parent)


def instance_attributes(kind: type) -> Iterator[str]:
    """What a written ``__init__`` sets."""
    made: Any = vars(kind).get("__init__")
    if is_written(made):
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(made)))):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                yield f"{node.target.attr}: {ast.unparse(node.annotation)}"


def fields(kind: type[pydantic.BaseModel]) -> Iterator[str]:
    """The fields of a model."""
    written = {k: v for base in kind.__mro__ for k, v in inspect.get_annotations(base).items()}
    for name, field in kind.model_fields.items():
        default = "" if field.is_required() else f" = {field.default!r}"
        yield f"{name}: {written[name].removeprefix('Annotated[').split(',')[0]}{default}"


def members(kind: type) -> Iterator[str]:
    """The properties and methods, those of its bases too."""
    ours = [base for base in reversed(kind.__mro__) if base.__module__.startswith("ebf")]
    found = {name: member for base in ours for name, member in vars(base).items()}
    for name, member in sorted(found.items()):
        is_public = not name.startswith("_") or (name.endswith("_") and name not in UNSEEN)
        function = getattr(member, "fget", getattr(member, "func", None))
        if is_public and function:
            yield f"{name}: {result(function)}"
        function = getattr(member, "__func__", member)
        if is_public and is_written(function):
            how = "" if function is member else f"@{type(member).__name__} "
            yield f"{how}{name}{signature(function)}"


def public(module: ModuleType, name: str) -> Iterator[str]:
    """A public name, a line an aspect."""
    thing = getattr(module, name)
    if not isinstance(thing, type):
        yield f"{name}{signature(thing)}"
        return
    yield f"class {name}({', '.join(base.__name__ for base in thing.__bases__)})"
    if issubclass(thing, pydantic.BaseModel):
        inside = [*fields(thing), *members(thing)]
    elif issubclass(thing, Enum):
        inside = [f"{member.name} = {member.value!r}" for member in thing]
    elif issubclass(thing, ebf.State):
        named = inspect.get_annotations(ebf.State)
        inside = [*(f"{name}: {named[name]}" for name in ebf.State._fields), *members(thing)]
    elif issubclass(thing, Exception):
        inside = [*instance_attributes(thing), *members(thing)]
    else:
        made = f"__init__{signature(inspect.getattr_static(thing, '__init__'))}"
        inside = [made, *instance_attributes(thing), *members(thing)]
    yield from (f"    {each}" for each in inside)


def options() -> Iterator[str]:
    """The commands, an argument or option a line."""
    group: Any = get_command(app)
    for name, command in sorted(group.commands.items()):
        yield f"ebf {name}"
        for each in command.params:
            names = ", ".join((*each.opts, *each.secondary_opts))
            left_out = "required" if each.required else f"left out: {each.default!r}"
            yield f"    {names} ({left_out})"


def interface() -> str:
    """All that a user's code, tables and shell may name."""
    rooms = ("ebf.explain", "ebf.show")
    schemas = sorted(each.name for room in rooms for each in (files(room) / "schemas").iterdir())
    parts: dict[str, Iterable[str]] = {
        "ebf": [line for name in ebf.__all__ for line in public(ebf, name)],
        "ebf.explain.explanation": [
            line for name in EXPLAINED for line in public(ebf.explain.explanation, name)
        ],
        "Schemas": schemas,
        "Commands": options(),
        "Columns handed over": [f"{name}: {each.measure}" for name, each in inputs().items()],
        "Columns of the ledger": sorted(
            {f"{line.name}: {line.measure}" for line in FUNDING.all_lines}
        ),
        "Numbers of the law": [name for each in parameters().values() for name in each.elements],
    }
    blocks = [
        f"== {title}\n\n" + "".join(f"{line}\n" for line in part) for title, part in parts.items()
    ]
    return "\n".join(blocks)


def test_the_public_interface_is_the_one_pinned() -> None:
    pinned = API.read_text(encoding="utf-8").splitlines()
    changed = list(difflib.unified_diff(pinned, interface().splitlines(), "api.txt", "now", n=0))
    assert not changed, "\n".join([*changed, "meant? then: python tests/test_api.py"])


if __name__ == "__main__":
    API.write_text(interface(), encoding="utf-8")
