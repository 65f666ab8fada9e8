"""`GET /metrics`, for Prometheus."""

import anyio.to_thread
from fastapi import APIRouter, Response

from service.components import ComponentsDep
from service.metrics import MEDIA_TYPE

router = APIRouter(tags=["metrics"])


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Counters and gauges for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "The metrics, in Prometheus' text format.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
async def get_metrics(components: ComponentsDep) -> Response:
    """Tells requests, latency, rows, waiting, versions and memory, of all processes."""
    components.look()
    return Response(
        await anyio.to_thread.run_sync(components.metrics.render), media_type=MEDIA_TYPE
    )
