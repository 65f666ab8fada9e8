"""`POST /predict`."""

import time
from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Body

from service.dependencies import PartsOf
from service.error_schemas import REFUSALS
from service.errors import RefusedProblem
from service.examples import PREDICT_EXAMPLES
from service.json_route import JsonRoute
from service.metrics import Metrics
from service.predictor import Predictor
from service.schemas import PredictRequest, PredictResponse
from tabuada.errors import ProblemError
from tabuada.metrics import check_finite
from tabuada.operations import Floats
from tabuada.problems import Problems

router = APIRouter(route_class=JsonRoute, tags=["predict"])


@router.post(
    "/predict",
    summary="Answer problems with a trained network",
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
    if body.rows <= parts.settings.inline_rows:
        return _answer(predictor, body, parts.metrics)  # a thread costs more than a small network
    return await anyio.to_thread.run_sync(_answer, predictor, body, parts.metrics)


def _answer(predictor: Predictor, body: PredictRequest, metrics: Metrics) -> PredictResponse:
    started = time.perf_counter()
    answer = _predict(predictor, body)
    rows, outside = len(answer["predictions"]), len(answer["out_of_domain"])
    seconds = time.perf_counter() - started
    metrics.observe_answer(answer["model"], answer["version"], rows, outside, seconds)
    return answer


def _predict(predictor: Predictor, body: PredictRequest) -> PredictResponse:
    manifest = predictor.manifest
    answer: PredictResponse = {
        "model": manifest.model,
        "version": manifest.version,
        "predictions": [],
        "out_of_domain": [],
    }
    try:
        columns = body.read_columns()
        few = None if body.exact else predictor.predict_few(*columns)
        if few is not None:
            answer["predictions"] = few
            return answer
        problems = predictor.pose(*columns)
        predictions = predictor.predict(problems)
        if body.exact:
            answer["exact"], answer["absolute_errors"] = _compare(problems, predictions)
    except ProblemError as error:
        field = None if error.index is None else body.locate(error.index, error.operand)
        raise RefusedProblem(error, field) from error
    answer["predictions"] = predictions.tolist()
    answer["out_of_domain"] = predictor.find_out_of_domain(problems).tolist()
    return answer


def _compare(problems: Problems, predictions: Floats) -> tuple[list[float], list[float]]:
    """Return exact values and absolute errors."""
    exact = problems.exact()
    check_finite(exact, "exact value")
    with np.errstate(over="ignore"):
        errors = abs(predictions - exact)
    check_finite(errors, "absolute error")
    return exact.tolist(), errors.tolist()
