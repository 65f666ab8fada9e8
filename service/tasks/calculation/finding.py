"""Finds the version that a request means, and the place of a problem in it."""

from collections.abc import Callable

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


def find_held_predictor(catalogue: Catalogue, model: str | None = None) -> Predictor | None:
    """Return what a model answers with by default, None where it has to be waited for."""
    held = catalogue.get_held(model)
    return held if isinstance(held, Predictor) else None


def refuse_problem(
    error: ProblemError, locate: Callable[[int, str | None], str | None]
) -> RefusedProblem:
    """Return the refusal of a problem that cannot be read or answered, with its place.

    Args:
        error: What is wrong with it.
        locate: Its row, and the operand at fault if that is known, to a path in the request.
    """
    return RefusedProblem(
        error, None if error.index is None else locate(error.index, error.operand)
    )
