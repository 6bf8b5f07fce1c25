"""The students of a class: imported from Canvas or Moodle into nbgrader's gradebook."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import Gradebook, Student

from lossmark.errors import UsageError
from lossmark.gradebook.database import address_of, transaction
from lossmark.gradebook.patience import patiently
from lossmark.gradebook.platforms import Person, PlatformFile

_FIELDS = {
    "first_name": "first name",
    "last_name": "last name",
    "email": "e-mail address",
    "lms_user_id": "number on the platform",
}


@dataclass(frozen=True)
class Enrolment:
    """The changes of an import.

    Attributes
    ----------
    added : list of str
        Ids of the students that the gradebook had not.
    changed : dict
        Changes of the others, by id: ``{"last name": (before, now)}``.
    unchanged, others : int
        Numbers of students that agree in gradebook and file, and of those in the gradebook alone.
    """

    added: list[str]
    changed: dict[str, dict[str, tuple[str, str]]]
    unchanged: int
    others: int


def enrol(gradebook: Gradebook, found: PlatformFile) -> Enrolment:
    """Add the students of a file to the gradebook and update the others, in one transaction.

    Nobody is removed, and data that the file does not contain are kept.

    Parameters
    ----------
    gradebook : Gradebook
        From :func:`lossmark.gradebook.database.open_gradebook`.
    found : PlatformFile
        The platform's export.

    Returns
    -------
    Enrolment

    Raises
    ------
    UsageError
        If the gradebook has somebody under another id; nothing is changed then.
    """
    return patiently(address_of(gradebook), lambda: _enrol(gradebook, found))


def _enrol(gradebook: Gradebook, found: PlatformFile) -> Enrolment:
    with transaction(gradebook):
        known = {student.id: student for student in gradebook.db.query(Student)}
        _require_same_ids(found, {student.lms_user_id: student.id for student in known.values()})
        added, changed = [], {}
        for person in found.people:
            student = known.get(person.id)
            if student is None:
                gradebook.db.add(Student(id=person.id, **_told(person)))
                added.append(person.id)
            elif changes := _changes(student, person):
                changed[person.id] = {_FIELDS[field]: (getattr(student, field) or "", new) for field, new in changes}
                for field, new in changes:
                    setattr(student, field, new)
        gradebook.db.flush()
    unchanged = len(found.people) - len(added) - len(changed)
    return Enrolment(added, changed, unchanged, len(known.keys() - {person.id for person in found.people}))


def _require_same_ids(found: PlatformFile, by_number: dict[str | None, str]) -> None:
    """Refuse to make a second student of one whom the gradebook has under another id."""
    bad = [
        f"line {person.line}: {person.id!r} has the number {person.lms_user_id!r}, which is {other!r} in the gradebook"
        for person in found.people
        if person.lms_user_id and (other := by_number.get(person.lms_user_id)) not in (None, person.id)
    ]
    if bad:
        shown = "\n  ".join(bad[:20])
        raise UsageError(
            f"nothing was imported, because of\n  {shown}\nSee whether another column holds the gradebook's ids "
            f"(--id), or change the number of that student in formgrader. The ids are those in {found.id_column!r}."
        )


def _told(person: Person) -> dict[str, str]:
    return {field: value for field in _FIELDS if (value := getattr(person, field))}


def _changes(student: Student, person: Person) -> list[tuple[str, str]]:
    return [(field, new) for field, new in _told(person).items() if getattr(student, field) != new]
