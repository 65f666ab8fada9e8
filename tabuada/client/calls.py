"""What can be called: the request of each call, and how its answer is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tabuada.artifacts.storage.names import check_name
from tabuada.client.answers import Evaluation, ModelList, ModelSummary, Predictions, Readiness
from tabuada.client.questions import (
    Labelled,
    Question,
    Sample,
    write_evaluation,
    write_question,
)
from tabuada.manifests.manifest import Manifest
from tabuada.manifests.registry import MANIFESTS

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class Call(Generic[AnswerT]):
    """One call. All of them may be repeated: none changes anything in the service.

    Attributes:
        path: What is asked.
        read: Reads the body of an answer; raises pydantic's ValidationError where it cannot.
        body: JSON to POST; None makes it a GET.
    """

    path: str
    read: Callable[[bytes], AnswerT]
    body: bytes | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "GET" if self.body is None else "POST"


def call_predict(
    question: Question, model: str | None, version: int | None, label: str | None, exact: bool
) -> Call[Predictions]:
    """Return the call that has problems answered."""
    # Without `exact` the service has a quicker way.
    options = {"model": model, "version": version, "label": label, "exact": exact or None}
    return Call("/predict", Predictions.model_validate_json, write_question(question, **options))


def call_evaluate(
    problems: Sample | Labelled, model: str | None, version: int | None, label: str | None
) -> Call[Evaluation]:
    """Return the call that measures how far a network is off."""
    body = write_evaluation(problems, model=model, version=version, label=label)
    return Call("/evaluate", Evaluation.model_validate_json, body)


def call_models() -> Call[tuple[ModelSummary, ...]]:
    """Return the call that lists the models."""
    return Call("/models", lambda content: ModelList.model_validate_json(content).models)


def call_manifest(model: str, version: int) -> Call[Manifest]:
    """Return the call for what a version says about itself.

    Raises:
        InvalidName: No model can have that name.
    """
    path = f"/models/{check_name(model)}/versions/{version}"
    return Call(path, read_manifest)


def read_manifest(content: bytes) -> Manifest:
    """Return a manifest as a service tells it, of the class that its task has."""
    task = Manifest.model_validate_json(content).task
    return MANIFESTS.get(task, Manifest).model_validate_json(content)


def call_ready() -> Call[Readiness]:
    """Return the call that asks whether the default model can answer."""
    return Call("/health/ready", Readiness.model_validate_json)
