"""Accessibility of a page: the rules of axe-core, which its package brings along, asked in a test's browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page that is open, one line for each element; empty if it is fine."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}: {node['failureSummary']}" for rule in found for node in rule["nodes"]]
