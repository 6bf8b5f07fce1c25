"""Under which conditions something was measured: a number without them says little, and soon nothing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("lossmark", "nbgrader", "nbclient", "ipykernel", "numpy", "pytest")
GIB = 2**30


@dataclass(frozen=True)
class Conditions:
    """Date, machine and versions of a measurement.

    Attributes
    ----------
    date : str
        The day, as ISO 8601 writes it.
    cores : int
        How many this process may use.
    memory_bytes : int
        Of the whole machine.
    system : str
        Operating system and processor.
    versions : dict
        Of Python and of packages, by name.
    """

    date: str
    cores: int
    memory_bytes: int
    system: str
    versions: dict[str, str]

    @classmethod
    def now(cls, packages: Iterable[str] = PACKAGES) -> Conditions:
        """Look at this machine.

        Parameters
        ----------
        packages : iterable of str
            Whose versions matter; those that are not installed are left out.

        Returns
        -------
        Conditions
        """
        versions = {"Python": platform.python_version()}
        for package in packages:
            try:
                versions[package] = version(package)
            except PackageNotFoundError:
                continue
        memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        system = f"{platform.system()} {platform.machine()}"
        return cls(date.today().isoformat(), len(os.sched_getaffinity(0)), memory_bytes, system, versions)

    def __str__(self) -> str:
        """Say it in a line: ``26 November 2026, 2 cores, 24 GiB, Linux x86_64; Python 3.11.7, lossmark 0.1.0``."""
        day = date.fromisoformat(self.date)
        cores = f"{self.cores} core{'s' * (self.cores != 1)}"
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        memory = f"{self.memory_bytes / GIB:.0f} GiB"
        return f"{day.day} {day:%B %Y}, {cores}, {memory}, {self.system}; {versions}"
