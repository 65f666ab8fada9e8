"""`/health`: whether the process lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.components import ComponentsDep
from service.http.error_schemas import RETRY_LATER, ErrorBody

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: str = "live"


class Ready(BaseModel):
    """The default model answers."""

    status: str = "ready"
    model: str
    version: int
    store: Literal["unreadable", "copies", "gone"] | None = Field(
        None,
        description=(
            "Absent where all is well. `unreadable`: what is loaded answers, nothing new is seen. "
            "`copies`: the same, from what this machine had of a bucket. `gone`: the store holds "
            "no version of a model that answers"
        ),
    )


@router.get("/live", summary="Whether the process lives")
async def get_live() -> Live:
    """Answers 200 as long as the process can answer at all; restart it where it does not."""
    return Live()


@router.get(
    "/ready",
    summary="Whether the default model can answer",
    response_model_exclude_none=True,
    responses={
        503: {
            "model": ErrorBody,
            "headers": RETRY_LATER,
            "description": "Not yet, with the reason",
        }
    },
)
async def get_ready(components: ComponentsDep, response: Response) -> Ready:
    """Answers 200 once a version of the default model is loaded; send requests from then on.

    A store that cannot be read takes nobody out of service: it is told in `store`.
    """
    catalogue = components.catalogue
    components.check_ready()
    version = catalogue.find_held(catalogue.default_model)
    assert version is not None  # else it was not ready
    response.headers["Cache-Control"] = "no-store"
    return Ready(model=catalogue.default_model, version=version, store=catalogue.health.problem)
