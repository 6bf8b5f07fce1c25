"""The directive ``settings``: what of Lossmark can be set in ``nbgrader_config.py``, from the classes themselves."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from traitlets import TraitType
from traitlets.config import Configurable

import lossmark
from words import with_code

PACKAGE = Path(lossmark.__file__).parent


class Settings(Directive):
    """List name, type, default and help of every trait that a file of settings may set."""

    def run(self) -> list[nodes.Node]:
        return [_section(configurable) for configurable in configurables()]


def configurables() -> Iterator[type[Configurable]]:
    """Yield the classes that have traits of their own to be set, in the order of their modules."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "config=True" not in path.read_text():
            continue
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Configurable) and value.__module__ == name:
                yield value


def _section(configurable: type[Configurable]) -> nodes.section:
    name = configurable.__name__
    section = nodes.section("", nodes.title("", "", nodes.literal("", f"c.{name}")), ids=[name])
    section += with_code((configurable.__doc__ or "").partition("\n")[0])
    items = nodes.definition_list()
    for trait in sorted(configurable.class_own_traits(config=True).values(), key=lambda trait: str(trait.name)):
        term = nodes.term("", "", nodes.literal("", f"c.{name}.{trait.name}"))
        facts = nodes.paragraph("", f"{type(trait).__name__}, default: ", nodes.literal("", _default(trait)))
        explanation = nodes.definition("", with_code(str(trait.help)), facts)
        items += nodes.definition_list_item("", term, explanation)
    section += items
    return section


def _default(trait: TraitType[Any, Any]) -> str:
    default = trait.default_value
    return repr(default.value) if isinstance(default, Enum) else trait.default_value_repr()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("settings", Settings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
