"""A gradebook on a real PostgreSQL server, for all that writes to it and reads from it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from classes import TOY, autograded, hand_in, write_toy
from courses import NAME, copy_course, drop_figures, keep_variants, run, submit
from lossmark.grading.graders import Graders
from lossmark.quality.roster import synthetic_class
from postgres import server

pytestmark = [pytest.mark.sandbox, pytest.mark.course]


@pytest.fixture(scope="module")
def address():
    with server() as address:
        yield address


def test_the_whole_way_of_a_class(address: str, tmp_path: Path) -> None:
    course = copy_course(tmp_path, settings=f"c.CourseDirectory.db_url = {address!r}")
    keep_variants(course, "svm_loss_forgot_delta", "L_i_correct_class_kept", "svm_loss_loops")
    drop_figures(course)
    assignment = course.assignment(NAME)
    graders = Graders(assignment, course.settings.seed)
    members = [m for m in synthetic_class(assignment, graders, []) if not re.search("loop-|bomb", m.student)]
    graders.close()
    for member in members:
        submit(course, member.student, member.text)

    generated = run("nbgrader", "generate_assignment", NAME, cwd=tmp_path)
    assert generated.returncode == 0, generated.stderr
    first = run("lossmark", "autograde", NAME, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert scores(address) == {member.student: pytest.approx(member.score) for member in members}
    assert "0 graded" in run("lossmark", "autograde", NAME, cwd=tmp_path).stdout

    student = members[0].student
    with Gradebook(address, "losses") as gradebook:
        grade = gradebook.find_grade("margin_choice", NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    by_nbgrader = run("nbgrader", "autograde", NAME, "--student", student, "--force", cwd=tmp_path)
    assert by_nbgrader.returncode == 0, by_nbgrader.stderr
    assert run("lossmark", "autograde", NAME, "--force", cwd=tmp_path).returncode == 0
    with Gradebook(address, "losses") as gradebook:
        assert gradebook.find_grade("margin_choice", NAME, NAME, student).manual_score == 2.5
        assert len(gradebook.assignment_submissions(NAME)) == len(members)

    feedback = run("nbgrader", "generate_feedback", NAME, "--student", student, cwd=tmp_path)
    assert feedback.returncode == 0, feedback.stderr
    assert run("nbgrader", "export", "--to=grades.csv", cwd=tmp_path).returncode == 0
    with (tmp_path / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert exported[student] == members[0].score + 2.5
    assert not (tmp_path / "gradebook.db").exists()


def test_one_student_whom_the_gradebook_has_no_room_for_is_named_and_the_others_are_graded(
    address: str, tmp_path: Path
) -> None:
    course = write_toy(tmp_path, settings=f"c.CourseDirectory.db_url = {address!r}")
    too_long = ["m" * 129, "ü" * 125 + "abcd"]
    for student in ("anna", *too_long, "n" * 128, "zoe"):
        hand_in(course, student)
    for graded in ("3 graded, 2 not graded", "0 graded, 3 unchanged since they were graded, 2 not graded"):
        done = run("lossmark", "autograde", TOY, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout.startswith(f"{TOY}: {graded}"), done.stdout + done.stderr
        for student in too_long:
            said = f"lossmark: {student} was not graded: the result cannot be written: the gradebook does not take it: "
            assert (
                f"{said}value too long for type character varying(128); if the name is too long, rename" in done.stderr
            )
            assert not autograded(course, student).exists()
    with Gradebook(address, "losses") as gradebook:
        assert {one.student.id for one in gradebook.assignment_submissions(TOY)} == {"anna", "n" * 128, "zoe"}


def scores(address: str) -> dict[str, float]:
    """Read the sum of the automatic scores of each student's code cells."""
    with Gradebook(address, "losses") as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions(NAME):
            (notebook,) = submission.notebooks
            found[submission.student.id] = sum(g.auto_score for g in notebook.grades if g.cell.cell_type == "code")
        return found
