"""`POST /predict`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Body

from service.dependencies import PartsOf
from service.error_responses import REFUSALS
from service.errors import RefusedProblem
from service.examples import PREDICT_EXAMPLES
from service.json_route import JsonRoute
from service.predictor import Predictor
from service.schemas import PredictRequest, PredictResponse
from tabuada.errors import ProblemError
from tabuada.metrics import check_finite

router = APIRouter(route_class=JsonRoute, tags=["predict"])


@router.post(
    "/predict",
    summary="Answer problems with a trained network",
    response_model_exclude_none=True,
    responses=REFUSALS,
)
async def predict(
    body: Annotated[PredictRequest, Body(openapi_examples=PREDICT_EXAMPLES)],
    parts: PartsOf,
) -> PredictResponse:
    """Takes problems as rows, as columns or as expressions, and answers in their order.

    The signs `× x · − ÷ :` stand for `* * * - / /`. Problems outside the trained range are
    answered all the same, and listed in `out_of_domain`.
    """  # noqa: RUF002 -- the signs that people type
    predictor = await parts.catalogue.find(body.model, version=body.version, label=body.label)
    answer = partial(_answer, predictor, body)
    if body.rows <= parts.settings.inline_rows:
        return answer()  # a thread costs more than the 24 µs of a small network
    return await anyio.to_thread.run_sync(answer)


def _answer(predictor: Predictor, body: PredictRequest) -> PredictResponse:
    with _locating(body):
        problems = predictor.pose(*body.read_columns())
        predictions = predictor.predict(problems)
        exact = errors = None
        if body.exact:
            exact = problems.exact()
            check_finite(exact, "exact value")
            with np.errstate(over="ignore"):
                errors = abs(predictions - exact)
            check_finite(errors, "absolute error")
    return PredictResponse.model_construct(  # every number in it was checked
        model=predictor.manifest.model,
        version=predictor.manifest.version,
        predictions=predictions.tolist(),
        out_of_domain=predictor.find_out_of_domain(problems).tolist(),
        exact=None if exact is None else exact.tolist(),
        absolute_errors=None if errors is None else errors.tolist(),
    )


@contextmanager
def _locating(body: PredictRequest) -> Iterator[None]:
    """Tell where in the request the problem at fault stands."""
    try:
        yield
    except ProblemError as error:
        field = None if error.index is None else body.locate(error.index, error.operand)
        raise RefusedProblem(error, field) from error
