"""Small functions that run inside the student kernel; see :meth:`lossmark.Submission.run`."""

from __future__ import annotations

from typing import Any


def does_call(student: Any, name: str, earlier: str, *args: Any) -> bool:
    """Whether a function of the notebook, on its way to a result, calls an earlier one by its name.

    Parameters
    ----------
    student : namespace
        The student's names.
    name, earlier : str
        Names of the two functions.
    *args
        Arguments for the first.

    Returns
    -------
    bool
    """
    function = getattr(student, name)
    names = getattr(function, "__globals__", {})
    if earlier not in names:
        return False
    original, seen = names[earlier], []

    def spy(*args: Any, **kwargs: Any) -> Any:
        seen.append(True)
        return original(*args, **kwargs)

    names[earlier] = spy
    try:
        function(*args)
    finally:
        names[earlier] = original
    return bool(seen)
