"""What handlers need, each defined once."""

from typing import Annotated

from fastapi import Depends, Request

from service.catalogue import Catalogue
from service.evaluation import Evaluator
from service.settings import Settings


async def _get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _get_catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


async def _get_evaluator(request: Request) -> Evaluator:
    evaluator: Evaluator = request.app.state.evaluator
    return evaluator


SettingsOf = Annotated[Settings, Depends(_get_settings)]
CatalogueOf = Annotated[Catalogue, Depends(_get_catalogue)]
EvaluatorOf = Annotated[Evaluator, Depends(_get_evaluator)]
