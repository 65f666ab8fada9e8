"""`/health`: whether the process lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.components import ComponentsDep
from service.http.body_schemas import WHOLE
from service.http.error_schemas import RETRY_LATER, ErrorBody

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    model_config = WHOLE

    status: str = Field("live", description="Always `live`.")


class Ready(BaseModel):
    """The default model answers."""

    status: str = Field(description="Always `ready`.")
    model: str = Field(description="The default model: it answers where a request names none.")
    version: int = Field(description="The version of it that answers.")
    store: Literal["unreadable", "copies", "gone"] | None = Field(
        None,
        description=(
            "Absent where all is well. `unreadable`: what is loaded answers, nothing new is seen. "
            "`copies`: the same, from what this machine had of a bucket. `gone`: the store holds "
            "no version of a model that answers."
        ),
    )


@router.get(
    "/live",
    operation_id="check_live",
    summary="Whether the process lives",
    response_description="It lives.",
)
async def get_live() -> Live:
    """Answers 200 as long as the process can answer at all; restart it where it does not."""
    return Live()


@router.get(
    "/ready",
    operation_id="check_ready",
    response_description="It can answer.",
    summary="Whether the default model can answer",
    response_model_exclude_none=True,
    responses={
        503: {
            "model": ErrorBody,
            "headers": RETRY_LATER,
            "description": "It cannot yet; the message says why.",
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
    return Ready(
        status="ready",
        model=catalogue.default_model,
        version=version,
        store=catalogue.health.problem,
    )
