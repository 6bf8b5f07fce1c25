"""The browser of the tests, which is Debian's Chromium, and what a page does in it that it should not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
MATHJAX = "https://cdnjs.cloudflare.com/"
"""Where nbgrader's pages take programs of their own from."""
PATIENCE_MS = 240_000
"""For a page on a machine that is busy with other tests."""
LISTEN = "Object.defineProperty(window, 'lossmark', {get() { window.hasRun = true; return () => {} }})"
"""All that the attacks do in a page is to use this name."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Open a page, and note in a list whatever it does that it should not."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page, seen = context.new_page(), list[str]()
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: seen.append("a new window"))
    page.on("download", lambda download: seen.append("a download"))

    def route(request_route):
        address = request_route.request.url
        if re.match(r"https?://127\.0\.0\.1:|file:|data:", address):
            request_route.continue_()
        else:
            seen.extend([f"asked for {address}"] * (not address.startswith(MATHJAX)))
            request_route.abort()

    context.route("**/*", route)
    try:
        yield page, seen
        page.wait_for_timeout(200)
        for frame in page.frames:
            seen.extend(["a script has run"] * bool(frame.evaluate("window.hasRun === true")))
        seen.extend(["another page"] * (len(context.pages) > 1))
    finally:
        context.close()
