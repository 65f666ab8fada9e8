"""`POST /evaluate`."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Body, Request
from starlette.requests import ClientDisconnect

from service.components import ComponentsDep, ContextDep
from service.errors import BadField, RefusedProblem
from service.http.error_schemas import REFUSALS
from service.http.header_schemas import ANSWER_HEADERS, REQUEST_HEADERS
from service.http.json_route import JsonRoute
from service.settings import Settings
from service.tasks.calculation.data_plane import DataPlane
from service.tasks.calculation.evaluate_schemas import (
    LONG,
    EvaluateRequest,
    EvaluateResponse,
    LabelledRequest,
    SampledRequest,
)
from service.tasks.calculation.evaluation import draw_problems
from service.tasks.calculation.examples import EVALUATE_EXAMPLES
from service.tasks.calculation.finding import find_predictor
from service.tasks.calculation.predictor import Predictor
from service.wording import shorten
from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems
from tabuada.errors import ProblemError
from tabuada.showing import count

router = APIRouter(route_class=JsonRoute, tags=["evaluate"])


@router.post(
    "/evaluate",
    operation_id="evaluate",
    response_description="How far the predictions are off.",
    summary="Measure how far a network is off",
    responses={200: {"headers": ANSWER_HEADERS}, **REFUSALS},
    openapi_extra={"parameters": REQUEST_HEADERS},
)
async def evaluate(
    body: Annotated[
        EvaluateRequest,
        Body(
            title="EvaluateRequest",
            description="Problems with the values they should give, or how to draw some.",
            openapi_examples=EVALUATE_EXAMPLES,
        ),
        LONG,
    ],
    request: Request,
    components: ComponentsDep,
    context: ContextDep,
) -> EvaluateResponse:
    """Takes labelled rows, or draws problems whose exact values it knows.

    One evaluation computes at a time; others wait for their turn. It stops when the client
    goes away.
    """
    predictor = await find_predictor(
        components.catalogue, body.model, version=body.version, label=body.label
    )
    context.digest = predictor.digest
    try:
        if isinstance(body, LabelledRequest):
            expected: Floats | None
            problems, expected = await _pose(predictor, body, components.settings)
            blocks: Iterable[Problems] = [problems]
        else:
            expected, blocks = None, _draw(predictor, body, components.settings)
        plane = components.find_plane(DataPlane)
        evaluation = plane.evaluate(predictor, blocks, expected, context.timeout_s)
        report = await _run_while_connected(request, evaluation)
    except ProblemError as error:
        raise RefusedProblem(error, body.locate(error)) from error
    answer: EvaluateResponse = {
        "model": predictor.manifest.model,
        "version": predictor.manifest.version,
        "overall": report.overall,
        "per_operation": report.per_operation,
        "worst": list(report.worst),
    }
    if context.read_as:
        answer["read_as"] = dict(context.read_as)
    return answer


async def _pose(
    predictor: Predictor, body: LabelledRequest, settings: Settings
) -> tuple[Problems, Floats]:
    """Return labelled problems and their values; many of them in a thread."""

    def pose() -> tuple[Problems, Floats]:
        return predictor.pose(body.read_columns()), np.array(body.expected, np.float64)

    if len(body.expected) <= settings.inline_rows:
        return pose()
    return await anyio.to_thread.run_sync(pose)


def _draw(predictor: Predictor, body: SampledRequest, settings: Settings) -> Iterator[Problems]:
    sample = body.sample
    if sample.n > settings.max_sample_rows:
        raise BadField(
            f"expected at most {count(settings.max_sample_rows, 'problem')}. "
            f"Received: {shorten(sample.n)}. Draw fewer, with several seeds",
            field="sample.n",
        )
    try:
        return draw_problems(
            predictor,
            sample.n,
            signs=sample.operations,
            interval=sample.interval,
            min_divisor=sample.min_divisor,
            seed=sample.seed,
        )
    except ProblemError:
        raise
    except ValueError as error:  # an operation named twice, perhaps by two of its signs
        raise BadField(str(error), field="sample.operations") from error


async def _run_while_connected(
    request: Request, evaluation: Coroutine[None, None, ErrorReport]
) -> ErrorReport:
    """Run an evaluation until it ends or the client goes away."""
    working = asyncio.ensure_future(evaluation)
    leaving = asyncio.ensure_future(_wait_for_leaving(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _wait_for_leaving(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
