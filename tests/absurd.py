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


def instead_of(right: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Make ten functions that compute something else, with results of the shape of the right ones.

    Parameters
    ----------
    right : callable
        The reference's function, of arrays and numbers.

    Returns
    -------
    dict
        By what is returned.
    """
    rng = np.random.default_rng(0)
    numbers: dict[str, Callable[[Any], Any]] = {
        "zeros": lambda a: 0.0,
        "ones": lambda a: 1.0,
        "the mean": np.mean,
        "the sum": np.sum,
        "the largest": np.max,
        "the norm": lambda a: np.linalg.norm(np.ravel(a)),
        "the first element": lambda a: np.ravel(a)[0],
        "the length": len,
        "random numbers": lambda a: None,
    }

    def computing(number: Callable[[Any], Any]) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            given = _main(args)
            value = number(given)

            def fill(part: Any) -> Any:
                return rng.normal(size=np.shape(part)) if value is None else np.full(np.shape(part), float(value))

            answer = right(*args, **kwargs)
            return tuple(map(fill, answer)) if isinstance(answer, tuple) else fill(answer)

        return function

    def the_input(*args: Any, **kwargs: Any) -> Any:
        answer = right(*args, **kwargs)
        return (_main(args),) * len(answer) if isinstance(answer, tuple) else _main(args)

    return {name: computing(number) for name, number in numbers.items()} | {"the input": the_input}


def _main(args: tuple[Any, ...]) -> Any:
    """The array that a function is most about: the first of two dimensions, else the first of all, else the numbers."""
    arrays = [a for a in args if isinstance(a, np.ndarray) and a.ndim]
    numbers = np.array([a for a in args if isinstance(a, int | float)], float)
    return next((a for a in arrays if a.ndim == 2), arrays[0] if arrays else numbers)
