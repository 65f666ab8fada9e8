"""`/models`: what the store holds."""

from typing import Any, Union

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.components import ComponentsDep
from service.description.parameters import ModelPath, VersionPath
from service.http.error_schemas import RETRY_LATER, ErrorBody
from service.http.header_schemas import DIGEST_HEADERS, MODEL_DIGEST
from service.versions.catalogue import Catalogue
from service.versions.store_reader import Listing
from tabuada.manifests.identity import shorten_digest
from tabuada.manifests.manifest import Manifest
from tabuada.manifests.registry import MANIFESTS

NO_MODEL: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "There is no such model."},
}
NO_VERSION: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "There is no such model or version."},
    422: {"model": ErrorBody, "description": "The version is no whole number."},
}

router = APIRouter(
    prefix="/models",
    tags=["models"],
    responses={
        503: {
            "model": ErrorBody,
            "headers": RETRY_LATER,
            "description": "The store of models cannot be read; try again later.",
        }
    },
)


class ModelSummary(BaseModel):
    """The versions of one model."""

    model: str = Field(description="The model's name.")
    versions: list[int] = Field(description="The published versions, ascending.")
    labels: dict[str, int] = Field(description="Labels, with the versions they point to.")
    default_version: int | None = Field(
        None, description="The version that requests without a choice mean; absent if none is."
    )
    serving_version: int | None = Field(
        None, description="The version that answers them now; absent before one is loaded."
    )
    serving_digest: str | None = Field(
        None, description="SHA-256 of its manifest: which version it is, whatever its number."
    )


class ModelList(BaseModel):
    """The models of the store."""

    models: list[ModelSummary] = Field(description="Each model, in order of name.")


@router.get(
    "",
    operation_id="list_models",
    summary="Every model",
    response_description="The models, with their versions.",
    response_model_exclude_none=True,
)
async def list_models(components: ComponentsDep) -> ModelList:
    """Lists every model of the store, in order of name."""
    listings = await components.catalogue.questions.list_models()
    return ModelList(
        models=[
            _summarize(components.catalogue, model, listing) for model, listing in listings.items()
        ]
    )


@router.get(
    "/{model}",
    operation_id="get_model",
    summary="One model",
    response_description="The model's versions and labels.",
    response_model_exclude_none=True,
    responses=NO_MODEL,
)
async def get_model(model: ModelPath, components: ComponentsDep) -> ModelSummary:
    """Lists the versions and labels of one model."""
    listing = await components.catalogue.questions.list_model(model)
    return _summarize(components.catalogue, model, listing)


@router.get(
    "/{model}/versions/{version}",
    operation_id="get_manifest",
    summary="One version's manifest",
    response_description="The manifest.",
    response_model=Union[*MANIFESTS.values()],
    responses={200: {"headers": DIGEST_HEADERS}, **NO_VERSION},
)
async def get_manifest(
    model: ModelPath, version: VersionPath, components: ComponentsDep, response: Response
) -> Manifest:
    """Returns what a version says about itself: signature, metrics, hyperparameters, files.

    It comes in the terms of the newest format, whatever it was published in. Of a version that is
    loaded it is what answers, even where the store holds another one under its number by now.
    """
    manifest, digest = await components.catalogue.read_manifest(model, version)
    response.headers[MODEL_DIGEST] = shorten_digest(digest)
    return manifest


def _summarize(catalogue: Catalogue, model: str, listing: Listing) -> ModelSummary:
    return ModelSummary(
        model=model,
        versions=list(listing.versions),
        labels=listing.labels,
        default_version=listing.default,
        serving_version=catalogue.find_held(model),
        serving_digest=catalogue.find_digest(model),
    )
