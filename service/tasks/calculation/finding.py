"""Finds the version that a request means, and the place of a problem in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.errors import RefusedProblem
from service.tasks.calculation.predictor import Predictor
from service.versions.catalogue import Catalogue
from tabuada.errors import ProblemError
from tabuada.manifests.calculation import as_calculation


async def find_predictor(
    catalogue: Catalogue,
    model: str | None = None,
    *,
    version: int | None = None,
    label: str | None = None,
) -> Predictor:
    """Return the loaded version that a request for a calculation means.

    Raises:
        WrongTask: It is one of another task.
        Exception: Those of `Catalogue.find`.
    """
    loaded = await catalogue.find(model, version=version, label=label)
    if not isinstance(loaded, Predictor):
        as_calculation(loaded.manifest)  # says what it is instead
        raise AssertionError("unreachable")
    return loaded


@contextmanager
def locate_problems(locate: Callable[[int, str | None], str | None]) -> Iterator[None]:
    """Say of a problem that cannot be read or answered where in the request it stands.

    Args:
        locate: Its row, and the operand at fault if that is known, to a path.

    Raises:
        RefusedProblem: There is such a problem.
    """
    try:
        yield
    except ProblemError as error:
        field = None if error.index is None else locate(error.index, error.operand)
        raise RefusedProblem(error, field) from error
