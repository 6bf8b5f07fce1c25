"""The part of a course that a worker needs, as bytes: it may be on another machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from traitlets.config import Config

from lossmark.configuration import portable, text_of
from lossmark.course import Course
from lossmark.errors import naming
from lossmark.provenance import digest_of
from lossmark.release import Release


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
    release : Release
        The assignment's notebook as the course's settings make it.
    digest : str
        Tells it from every other parcel.
    settings : Config
        The course's, as they were read where the course lies.
    """

    assignment: str
    files: tuple[tuple[str, bytes], ...]
    release: Release = field(repr=False)
    digest: str
    settings: Config = field(default_factory=Config, repr=False, compare=False)

    @classmethod
    def of(cls, course: Course, assignment: str) -> Parcel:
        """Pack the files for grading an assignment.

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
        course.surroundings()  # raises errors about them here, on the machine of the course
        source = f"source/{assignment}"
        notebook = f"{source}/{assignment}.ipynb"
        files = {
            notebook: (course.root / notebook).read_bytes(),
            **{f"{source}/{name}": content for name, content in course.files(assignment).items()},
            **course.grader_files(assignment),
        }
        made_from = {assignment: text_of(course.config).encode(), **files, **course.release_files(assignment)}
        packed = tuple(files.items())
        return cls(assignment, packed, course.release(assignment), digest_of(made_from), portable(course.config))

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
        return Course(folder, self.settings, self.release)
