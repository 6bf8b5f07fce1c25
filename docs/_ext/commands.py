"""The directive ``commands``: what ``lossmark --help`` says, for every command, from the parsers themselves."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from lossmark.cli import _parser
from words import with_code

COLUMNS = "88"
"""Width of the usage lines, which argparse takes from the terminal."""


class Commands(Directive):
    """Describe each command in a section of its own, those of a group after the group."""

    def run(self) -> list[nodes.Node]:
        os.environ["COLUMNS"] = COLUMNS
        return [_section(parser, help_line) for parser, help_line in _commands(_parser())]


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """Yield the parsers below one, with the line that tells what each does."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield command, command.description or helps.get(name, "")
                yield from _commands(command)


def _section(parser: argparse.ArgumentParser, help_line: str) -> nodes.section:
    parser.color = False  # Python 3.14 would put terminal codes into the usage
    section = nodes.section("", nodes.title("", "", nodes.literal("", parser.prog)), ids=[nodes.make_id(parser.prog)])
    section += nodes.paragraph("", f"{help_line[:1].upper()}{help_line[1:].rstrip('.')}.")
    section += nodes.literal_block("", _usage(parser), language="text")
    items = nodes.definition_list()
    for action in parser._actions:
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction) and action.help:
            term = nodes.term("", "", nodes.literal("", _name(action)))
            items += nodes.definition_list_item("", term, nodes.definition("", with_code(_help(action))))
    if len(items):
        section += items
    return section


def _usage(parser: argparse.ArgumentParser) -> str:
    """The usage lines, moved to the left by the word in front of them."""
    usage = parser.format_usage().removeprefix("usage: ").rstrip()
    return usage.replace("\n" + " " * len("usage: "), "\n")


def _name(action: argparse.Action) -> str:
    value = str(action.metavar or "") if action.nargs != 0 else ""
    return " ".join(filter(None, [", ".join(action.option_strings), value]))


def _help(action: argparse.Action) -> str:
    return str(action.help) % vars(action)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
