"""`POST /predict`."""

from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Body

from service.dependencies import PartsOf
from service.errors import RefusedProblem
from service.http.error_schemas import REFUSALS
from service.http.json_route import JsonRoute
from service.metrics import Metrics
from service.predictions.predictor import Predictor
from service.schemas.examples import PREDICT_EXAMPLES
from service.schemas.headers import ANSWER_HEADERS, REQUEST_HEADERS
from service.schemas.predict import PredictRequest, PredictResponse
from tabuada.arithmetic.error_statistics import check_finite
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems
from tabuada.errors import ProblemError

router = APIRouter(route_class=JsonRoute, tags=["predict"])


@router.post(
    "/predict",
    summary="Answer problems with a trained network",
    responses={200: {"headers": ANSWER_HEADERS}, **REFUSALS},
    openapi_extra={"parameters": REQUEST_HEADERS},
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
    if body.rows <= parts.settings.inline_rows:
        return await _answer_soon(predictor, body, parts.metrics)
    return await anyio.to_thread.run_sync(_answer, predictor, body, parts.metrics)


async def _answer_soon(
    predictor: Predictor, body: PredictRequest, metrics: Metrics
) -> PredictResponse:
    """Answer a request on the event loop: a thread costs more than a small network."""
    try:
        columns = body.read_columns()
        few = None if body.exact else await predictor.predict_few(*columns)
        if few is not None:
            return _describe(predictor, metrics, few, [])
        problems = predictor.pose(*columns)
        predictions = await predictor.predict_soon(problems)
        return _complete(predictor, body, metrics, problems, predictions)
    except ProblemError as error:
        raise _locate(body, error) from error


def _answer(predictor: Predictor, body: PredictRequest, metrics: Metrics) -> PredictResponse:
    """Answer a large request in a thread."""
    try:
        problems = predictor.pose(*body.read_columns())
        predictions = predictor.predict_observed(problems)
        return _complete(predictor, body, metrics, problems, predictions)
    except ProblemError as error:
        raise _locate(body, error) from error


def _locate(body: PredictRequest, error: ProblemError) -> RefusedProblem:
    field = None if error.index is None else body.locate(error.index, error.operand)
    return RefusedProblem(error, field)


def _complete(
    predictor: Predictor,
    body: PredictRequest,
    metrics: Metrics,
    problems: Problems,
    predictions: Floats,
) -> PredictResponse:
    compared = _compare(problems, predictions) if body.exact else None
    outside = predictor.find_out_of_domain(problems).tolist()
    answer = _describe(predictor, metrics, predictions.tolist(), outside)
    if compared is not None:
        answer["exact"], answer["absolute_errors"] = compared
    return answer


def _describe(
    predictor: Predictor, metrics: Metrics, predictions: list[float], outside: list[int]
) -> PredictResponse:
    manifest = predictor.manifest
    metrics.observe_answer(manifest.model, manifest.version, len(predictions), len(outside))
    return {
        "model": manifest.model,
        "version": manifest.version,
        "predictions": predictions,
        "out_of_domain": outside,
    }


def _compare(problems: Problems, predictions: Floats) -> tuple[list[float], list[float]]:
    """Return exact values and absolute errors."""
    exact = problems.exact()
    check_finite(exact, "exact value")
    with np.errstate(over="ignore"):
        errors = abs(predictions - exact)
    check_finite(errors, "absolute error")
    return exact.tolist(), errors.tolist()
