"""Functions and values that no student means and every grader meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def raises(kind: type[BaseException]) -> Callable[..., Any]:
    """Make a function that raises: a new exception each time, as the traceback of one that is raised again grows."""

    def function(*args: Any, **kwargs: Any) -> Any:
        raise kind("no")

    return function


def spoils_arguments(returned: Any = 5.0) -> Callable[..., Any]:
    """Make a function that overwrites the arrays that it is given."""

    def function(*args: Any, **kwargs: Any) -> Any:
        for value in args:
            if isinstance(value, np.ndarray):
                value.fill(0)
        return returned

    return function


class SelfReference(list[Any]):
    """A list that holds itself."""

    def __init__(self) -> None:
        self.append(self)
