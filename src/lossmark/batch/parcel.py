"""What a worker needs of a course, as bytes: it may be on another machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lossmark.course import Course
from lossmark.errors import naming
from lossmark.provenance import digest_of
from lossmark.settings import CONFIG_FILE


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
        course.surroundings()  # raises what is wrong with them here, where the course is
        source = f"source/{assignment}"
        names = (CONFIG_FILE, f"{source}/{assignment}.ipynb")
        files = {
            **{name: (course.root / name).read_bytes() for name in names},
            **{f"{source}/{name}": content for name, content in course.files(assignment).items()},
            **course.grader_files(assignment),
        }
        return cls(assignment, tuple(files.items()), digest_of({assignment: b"", **files}))

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
