"""What the service answers, as frozen objects. A test holds them to its OpenAPI description."""

from pydantic import BaseModel, ConfigDict

from tabuada.arithmetic.error_statistics import ErrorCase, ErrorStatistics


class _Answer(BaseModel):
    # A later release of the service may say more than this client knows.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Predictions(_Answer):
    """Answers of one network, in the order of the n problems.

    Attributes:
        model: The model that answered.
        version: Its version.
        predictions: n answers.
        out_of_domain: Positions of the problems outside what the network was trained on.
        exact: n exact values, where asked for.
        absolute_errors: n of |prediction - exact|, where asked for.
        read_as: What was read where that may not be what was meant, by place in the request, such
            as `a[3]` or `expressions[0]`; None where there is none.
    """

    model: str
    version: int
    predictions: tuple[float, ...]
    out_of_domain: tuple[int, ...]
    exact: tuple[float, ...] | None = None
    absolute_errors: tuple[float, ...] | None = None
    read_as: dict[str, float | str] | None = None


class Evaluation(_Answer):
    """How far a network is off.

    Attributes:
        model: The model that answered.
        version: Its version.
        overall: Error statistics over all problems.
        per_operation: The same by symbol, of the operations posed.
        worst: The largest errors, worst first, at most 20.
        read_as: As that of `Predictions`.
    """

    model: str
    version: int
    overall: ErrorStatistics
    per_operation: dict[str, ErrorStatistics]
    worst: tuple[ErrorCase, ...]
    read_as: dict[str, float | str] | None = None


class ModelSummary(_Answer):
    """The versions of one model.

    Attributes:
        model: Its name.
        versions: Published ones, ascending.
        labels: Labels with the versions they point to.
        default_version: The version that requests without a choice mean, None if none is.
        serving_version: The version that answers them now, None before one is loaded.
        serving_digest: SHA-256 of its manifest: which version it is, whatever its number.
    """

    model: str
    versions: tuple[int, ...]
    labels: dict[str, int]
    default_version: int | None = None
    serving_version: int | None = None
    serving_digest: str | None = None


class ModelList(_Answer):
    """The models of the store, in order of name."""

    models: tuple[ModelSummary, ...]


class Readiness(_Answer):
    """The default model answers.

    Attributes:
        status: `ready`.
        model: Its name.
        version: The version that answers.
        store: `unreadable`, `copies` or `gone` where something is wrong with the store; else None.
    """

    status: str
    model: str
    version: int
    store: str | None = None
