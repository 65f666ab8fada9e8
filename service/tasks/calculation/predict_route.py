"""`POST /predict`."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Body

from service.components import Components, ComponentsDep, ContextDep
from service.http.direct_route import answers_at_once
from service.http.error_schemas import REFUSALS
from service.http.header_schemas import ANSWER_HEADERS, REQUEST_HEADERS
from service.http.json_route import JsonRoute, QuickReader
from service.http.request_context import RequestContext
from service.tasks.calculation.answer import Answer, Numbers
from service.tasks.calculation.data_plane import DataPlane
from service.tasks.calculation.examples import PREDICT_EXAMPLES
from service.tasks.calculation.finding import find_held_predictor, find_predictor, refuse_problem
from service.tasks.calculation.predict_schemas import (
    LONG,
    ColumnsRequest,
    ExpressionsRequest,
    PredictRequest,
    PredictResponse,
    RowsRequest,
)
from service.tasks.calculation.predictor import Predictor
from service.tasks.calculation.quick_bodies import QuickRows, read_quickly
from tabuada.errors import ProblemError

AnyRequest = QuickRows | RowsRequest | ColumnsRequest | ExpressionsRequest

router = APIRouter(route_class=JsonRoute, tags=["predict"])


def _predict_at_once(
    body: AnyRequest, components: Components, context: RequestContext
) -> PredictResponse | None:
    """Answer what `predict` does, where nothing has to be waited for."""
    if body.version is not None or body.label is not None:
        return None
    predictor = find_held_predictor(components.catalogue, body.model)
    if predictor is None:
        return None
    plane, render = components.find_plane(DataPlane), _prepare(predictor, body, context)
    return plane.answer_at_once(predictor, body, render, exact=body.exact)


def _prepare(
    predictor: Predictor, body: AnyRequest, context: RequestContext
) -> Callable[[Answer], PredictResponse]:
    """Return what turns the answer of a version into a response."""
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

    return render


def _list(numbers: Numbers) -> list[float]:
    return numbers if isinstance(numbers, list) else numbers.tolist()


@router.post(
    "/predict",
    operation_id="predict",
    response_description="The answers, in the order of the problems.",
    summary="Answer problems with a trained network",
    responses={200: {"headers": ANSWER_HEADERS}, **REFUSALS},
    openapi_extra={"parameters": REQUEST_HEADERS},
)
@answers_at_once(_predict_at_once)
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
    plane, render = components.find_plane(DataPlane), _prepare(predictor, body, context)
    try:
        return await plane.answer(predictor, body, render, exact=body.exact)
    except ProblemError as error:
        raise refuse_problem(error, body.locate) from error
