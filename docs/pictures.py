"""Take the picture of a feedback page that the README shows: ``make pictures``.

A notebook with one mistake is handed in to a copy of the course, graded and given feedback; then the table of the cell
with the mistake is photographed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import FloatRect, sync_playwright

from lossmark.course import CONFIG_FILE, Course
from lossmark.graders import Graders
from lossmark.roster import with_variants

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "feedback.png"
ASSIGNMENT, CELL, MISTAKE = "hinge_loss", "svm_loss", "sum_for_mean"
STUDENT = "sum-for-mean-01"
WIDTH, MARGIN = 1000, 8


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = copy_course(Path(folder))
        hand_in(course)
        for command in (["lossmark", "autograde"], ["nbgrader", "generate_feedback"]):
            subprocess.run([Path(sys.executable).with_name(command[0]), command[1], ASSIGNMENT], cwd=folder, check=True)
        PICTURE.parent.mkdir(exist_ok=True)
        photograph(course.root / "feedback" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html")
    print(PICTURE)


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
        page = browser.new_page(viewport={"width": WIDTH, "height": 800}, device_scale_factor=2)
        page.goto(page_file.as_uri())
        box = page.get_by_role("table").filter(has_text=MISTAKE.replace("_", " ")).bounding_box()
        assert box is not None, "there is no table with the name of the mistake"
        around = FloatRect(
            x=max(0, box["x"] - MARGIN),
            y=box["y"],  # close above it ends a cell
            width=box["width"] + 2 * MARGIN,
            height=box["height"] + MARGIN,
        )
        page.screenshot(path=PICTURE, clip=around, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
