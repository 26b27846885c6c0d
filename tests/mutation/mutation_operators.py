"""Mutations of the vocabulary that rules are written in; cosmic-ray knows only Python's own.

A floor that is lost, an edge that belongs to the other side, branches or operands swapped, a
cut that is a rounding: the faults by which the formula has been got wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Name, PythonNode
from parso.tree import NodeOrLeaf

Position = tuple[int, int]


class OtherCode(Operator):
    """Puts other code in the place of a node; each text of ``others`` is one mutant."""

    def others(self, node: NodeOrLeaf) -> list[str]:
        """The code that can stand in the node's place."""
        raise NotImplementedError

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple[Position, Position]]:
        """The place of the node, once for each mutant."""
        for _ in self.others(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> Name:
        """A leaf with the other code."""
        prefix = node.get_first_leaf().prefix
        return Name(self.others(node)[index], node.start_pos, prefix=prefix)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """None here; cosmic-ray asks for them in its own tests only."""
        return ()


class OtherCall(OtherCode):
    """A call of a function of the vocabulary, turned into another."""

    patterns: ClassVar[dict[str, tuple[str, ...]]] = {
        "minimum": ("({0})", "({1})"),  # a cap is lost
        "maximum": ("({0})", "({1})"),  # a floor is lost
        "where": ("where({0}, {2}, {1})", "({1})", "({2})"),
        "less": ("less({1}, {0})", "(~less({1}, {0}))"),  # the edge on the other side
        "divide": ("divide({1}, {0})", "({0})"),
    }

    def others(self, node: NodeOrLeaf) -> list[str]:
        """The other calls."""
        if not isinstance(node, PythonNode) or len(node.children) != len(("name", "(...)")):
            return []
        name, trailer = node.children
        if getattr(name, "value", None) not in self.patterns or trailer.type != "trailer":
            return []
        listed = trailer.children[1]
        parts = listed.children if listed.type == "arglist" else [listed]
        arguments = [each.get_code(include_prefix=False) for each in parts[::2]]
        return [pattern.format(*arguments) for pattern in self.patterns[name.value]]


class OtherRounding(OtherCode):
    """A line's rounding: left out, a cut turned into a rounding, one decimal more."""

    def others(self, node: NodeOrLeaf) -> list[str]:
        """The other roundings."""
        before = node.get_previous_sibling()
        keyword = before and before.get_previous_sibling()
        if not isinstance(node, Name) or getattr(keyword, "value", "") != "rounding":
            return []
        if before.value != "=" or not node.value.isupper():
            return []
        kind, own = f"type({node.value})", node.value
        return [
            "None",
            f"{kind}({own}.decimals, cut=not {own}.cut)",
            f"{kind}({own}.decimals + 1, cut={own}.cut)",
        ]


class Provider:
    """The operators by name, as cosmic-ray asks for them."""

    operators: ClassVar[dict[str, type[Operator]]] = {
        each.__name__: each for each in (OtherCall, OtherRounding)
    }

    def __iter__(self) -> Iterator[str]:
        """Their names."""
        return iter(self.operators)

    def __getitem__(self, name: str) -> type[Operator]:
        """One of them."""
        return self.operators[name]
