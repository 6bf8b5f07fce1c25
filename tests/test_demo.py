"""`lossmark demo`, in a copy of the course with a small class."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from courses import NAME, ROOT, copy_course, drop_figures, keep_variants, run
from lossmark.course import Course
from lossmark.provenance import RESULTS_FILE, digests

pytestmark = [pytest.mark.sandbox, pytest.mark.course]

VARIANTS = (
    "L_i_correct_class_kept",
    "svm_loss_correct_class_kept",
    "svm_loss_forgot_delta",
    "squared_hinge_loss_mean_squared",
    "svm_answers_jiggle_counts",
)
ATTACKS = ("replaced_builtins.py", "lying_numbers.py")


def times(folder: Path) -> dict[str, int]:
    """Return when each file of the results was last changed, in nanoseconds."""
    files = [path for part in ("autograded", "feedback") for path in (folder / "demo" / part).rglob("*")]
    return {str(path): path.stat().st_mtime_ns for path in files}


def take_as_up_to_date(demo: Course) -> None:
    """Let the results pass for results of the graders as they are now."""
    for file in (demo.root / "autograded").rglob(RESULTS_FILE):
        submitted = demo.root / "submitted" / file.parts[-3] / NAME / f"{NAME}.ipynb"
        results = json.loads(file.read_text())
        results["digests"] = digests(demo, NAME, submitted.read_bytes())
        file.write_text(json.dumps(results))


def test_demo_grades_a_class_as_expected_and_only_once(tmp_path: Path) -> None:
    course = copy_course(tmp_path)
    keep_variants(course, *VARIANTS)
    drop_figures(course)
    (tmp_path / "tests" / "attacks" / "score").mkdir(parents=True)
    for attack in ATTACKS:
        shutil.copy(ROOT / "tests" / "attacks" / "score" / attack, tmp_path / "tests" / "attacks" / "score")

    first = run("lossmark", "demo", cwd=tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Every score is as expected." in first.stdout
    rows = first.stdout
    for student in ("reference-01", "untouched-02", "endless-loop", "memory-bomb", "attack-lying-numbers"):
        assert student in rows
    pages = sorted(path.parts[-3] for path in (tmp_path / "demo" / "feedback").rglob("*.html"))
    with (tmp_path / "demo" / "grades.csv").open() as file:
        grades = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert sorted(grades) == pages
    report = tmp_path / "demo" / "reports" / f"{NAME}.html"
    assert str(report.parent) in first.stdout
    assert "endless-loop" in report.read_text()
    assert report.with_suffix(".csv").exists()
    assert (grades["reference-01"], grades["untouched-02"]) == (20.0, 0.0)
    assert not (tmp_path / "gradebook.db").exists()

    before = times(tmp_path)
    second = run("lossmark", "demo", cwd=tmp_path)
    assert second.returncode == 0
    assert "grading" in first.stdout
    assert "grading" not in second.stdout
    assert times(tmp_path) == before

    versions = tmp_path / "graders" / NAME / "versions.py"
    text = versions.read_text()
    declared = 'svm_loss.slip(\n    "forgot_delta",\n    loses=[VALUES, MARGIN],'
    edited = text.replace(declared, declared.replace("VALUES, MARGIN", "MARGIN"))
    assert edited != text
    versions.write_text(edited)
    shutil.copy(versions, tmp_path / "demo" / "graders" / NAME)  # as the demo will do itself
    take_as_up_to_date(Course(tmp_path / "demo"))
    third = run("lossmark", "demo", cwd=tmp_path)
    assert third.returncode == 1
    assert "Scores differ from what is expected: see above." in third.stdout
    (complaint,) = [line for line in third.stdout.splitlines() if ": expected " in line]
    assert complaint.startswith("forgot-delta-")
    assert "expected 19 and forgot_delta; got 17.5" in complaint
