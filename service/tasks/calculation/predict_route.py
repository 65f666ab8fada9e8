"""`POST /predict`."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Body

from service.components import ComponentsDep, ContextDep
from service.http.error_schemas import REFUSALS
from service.http.header_schemas import ANSWER_HEADERS, REQUEST_HEADERS
from service.http.json_route import JsonRoute, QuickReader
from service.tasks.calculation.answer import Answer, Numbers
from service.tasks.calculation.data_plane import DataPlane
from service.tasks.calculation.examples import PREDICT_EXAMPLES
from service.tasks.calculation.finding import find_predictor, refuse_problem
from service.tasks.calculation.predict_schemas import (
    LONG,
    ExpressionsRequest,
    PredictRequest,
    PredictResponse,
)
from service.tasks.calculation.quick_bodies import read_quickly
from tabuada.errors import ProblemError

router = APIRouter(route_class=JsonRoute, tags=["predict"])


@router.post(
    "/predict",
    operation_id="predict",
    response_description="The answers, in the order of the problems.",
    summary="Answer problems with a trained network",
    responses={200: {"headers": ANSWER_HEADERS}, **REFUSALS},
    openapi_extra={"parameters": REQUEST_HEADERS},
)
async def predict(
    body: Annotated[
        PredictRequest,
        Body(
            title="PredictRequest",
            description="Problems in one of three forms: as rows, as columns or as expressions.",
            openapi_examples=PREDICT_EXAMPLES,
        ),
        QuickReader(read_quickly),
        LONG,
    ],
    components: ComponentsDep,
    context: ContextDep,
) -> PredictResponse:
    """Takes problems as rows, as columns or as expressions, and answers in their order.

    The signs `× x · − ÷ :` stand for `* * * - / /`. Problems outside the trained range are
    answered all the same, and listed in `out_of_domain`.
    """  # noqa: RUF002 -- the signs that people type
    predictor = await find_predictor(
        components.catalogue, body.model, version=body.version, label=body.label
    )
    manifest, context.digest = predictor.manifest, predictor.digest

    def render(answer: Answer) -> PredictResponse:
        response: PredictResponse = {
            "model": manifest.model,
            "version": manifest.version,
            "predictions": _list(answer.predictions),
            "out_of_domain": [int(row) for row in answer.outside],
        }
        if answer.exact is not None and answer.errors is not None:
            response["exact"] = _list(answer.exact)
            response["absolute_errors"] = _list(answer.errors)
        read_as: Mapping[str, float | str] | None = context.read_as
        if isinstance(body, ExpressionsRequest):
            read_as = body.describe_readings()
        if read_as:
            response["read_as"] = dict(read_as)
        return response

    plane = components.find_plane(DataPlane)
    try:
        return await plane.answer(predictor, body, render, exact=body.exact)
    except ProblemError as error:
        raise refuse_problem(error, body.locate) from error


def _list(numbers: Numbers) -> list[float]:
    return numbers if isinstance(numbers, list) else numbers.tolist()
