"""Take the pictures of a feedback page that the README shows, light and dark: ``make pictures``.

A notebook with one mistake is handed in to a copy of the course, graded and given feedback; then the table of the cell
with the mistake is photographed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

import nbformat
from PIL import Image
from playwright.sync_api import FloatRect, sync_playwright

from lossmark.course import Course
from lossmark.grading.graders import Graders
from lossmark.quality.roster import with_variants
from lossmark.settings import CONFIG_FILE

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PICTURES: dict[Literal["light", "dark"], Path] = {
    "light": IMAGES / "feedback.png",
    "dark": IMAGES / "feedback-dark.png",
}
ASSIGNMENT, CELL, MISTAKE = "hinge_loss", "svm_loss", "sum_for_mean"
STUDENT = "sum-for-mean-01"
WIDTH, MARGIN, COLOURS = 1000, 8, 256


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = copy_course(Path(folder))
        hand_in(course)
        for command in (["lossmark", "autograde"], ["nbgrader", "generate_feedback"]):
            subprocess.run([Path(sys.executable).with_name(command[0]), command[1], ASSIGNMENT], cwd=folder, check=True)
        IMAGES.mkdir(exist_ok=True)
        photograph(course.root / "feedback" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html")
    print(*PICTURES.values(), sep="\n")


def copy_course(folder: Path) -> Course:
    shutil.copy(ROOT / CONFIG_FILE, folder)
    for part in ("source", "graders"):
        shutil.copytree(ROOT / part / ASSIGNMENT, folder / part / ASSIGNMENT)
    shutil.copy(ROOT / "graders" / "__init__.py", folder / "graders")
    return Course(folder)


def hand_in(course: Course) -> None:
    assignment = course.assignment(ASSIGNMENT)
    graders = Graders(assignment, course.settings.seed)
    (mistake,) = [one for one in graders.misconceptions if (one.cell, one.name) == (CELL, MISTAKE)]
    file = course.root / "submitted" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    file.parent.mkdir(parents=True)
    nbformat.write(with_variants(assignment, mistake), file)
    graders.close()


def photograph(page_file: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme, picture in PICTURES.items():
            page = browser.new_page(
                viewport={"width": WIDTH, "height": 800}, device_scale_factor=2, color_scheme=scheme
            )
            page.goto(page_file.as_uri())
            table = page.get_by_role("table").filter(has_text=MISTAKE.replace("_", " "))
            top, bottom = table.bounding_box(), table.locator("xpath=following-sibling::p").bounding_box()
            assert top is not None, "there is no table with the name of the mistake"
            assert bottom is not None, "nothing below the table says where to look it up"
            around = FloatRect(
                x=top["x"] - MARGIN,
                y=top["y"] - MARGIN,
                width=top["width"] + 2 * MARGIN,
                height=bottom["y"] + bottom["height"] - top["y"] + 2 * MARGIN,
            )
            page.screenshot(path=picture, clip=around, full_page=True)
            Image.open(picture).quantize(COLOURS).save(picture, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
