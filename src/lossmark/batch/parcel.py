"""What a worker needs of a course, as bytes: it may be on another machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from lossmark.course import CONFIG_FILE, Course
from lossmark.errors import naming


@dataclass(frozen=True)
class Parcel:
    """One assignment with its graders and the settings.

    It holds the solutions and the tests: it goes to grader processes, never into a sandbox.

    Attributes
    ----------
    assignment : str
        The assignment's name.
    files : tuple
        Names relative to the course's folder, and contents.
    digest : str
        Tells it from every other parcel.
    """

    assignment: str
    files: tuple[tuple[str, bytes], ...]
    digest: str

    @classmethod
    def of(cls, course: Course, assignment: str) -> Parcel:
        """Pack what grading an assignment needs.

        Parameters
        ----------
        course : Course
            The course.
        assignment : str
            The assignment's name.

        Returns
        -------
        Parcel
        """
        graders, source = course.root / "graders", course.root / "source" / assignment
        paths = [
            course.root / CONFIG_FILE,
            source / f"{assignment}.ipynb",
            *(source / name for name in course.files(assignment)),
            *graders.glob("*.py"),
            *(path for path in (graders / assignment).rglob("*") if path.suffix not in (".pyc", "") and path.is_file()),
        ]
        files = tuple((str(path.relative_to(course.root)), path.read_bytes()) for path in sorted(paths))
        digest = hashlib.sha256(assignment.encode())
        for name, content in files:
            digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
        return cls(assignment, files, digest.hexdigest())

    def unpack(self, folder: Path) -> Course:
        """Write the files.

        Parameters
        ----------
        folder : Path
            An empty folder that nobody else can enter.

        Returns
        -------
        Course
            The course in that folder, with this one assignment.
        """
        with naming(folder):
            for name, content in self.files:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        return Course(folder)
