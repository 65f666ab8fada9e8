"""What manifests hold of the task `calculation`: problems in, their values out."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.operations import OperationSet
from tabuada.errors import UnknownOperation, WrongTask
from tabuada.manifests.manifest import (
    Description,
    Dtype,
    Manifest,
    ManifestPart,
    Signature,
    TensorSpec,
)

TASK: Final = "calculation"


class CalculationSignature(Signature):
    """Features of problems in, values out.

    Attributes:
        operations: Symbols, in the order of the one-hot columns.
        arity: How many operands each of them has, in the same order.
        domains: Where each operation was trained, in the same order.
    """

    operations: tuple[str, ...]
    arity: tuple[Literal[1, 2], ...]
    domains: tuple[OperandDomain, ...]

    @classmethod
    def of(cls, operations: OperationSet, dtype: Dtype, domains: tuple[OperandDomain, ...]) -> Self:
        """Return the signature of a network that answers these operations.

        Args:
            operations: In one-hot order.
            dtype: Of the network's input and output.
            domains: Where each operation was trained, in the same order.
        """
        return cls(
            inputs=(TensorSpec(name="features", dtype=dtype, shape=(None, 2 + len(operations))),),
            outputs=(TensorSpec(name="value", dtype=dtype, shape=(None, 1)),),
            operations=operations.symbols,
            arity=tuple(operation.arity for operation in operations),
            domains=domains,
        )

    @model_validator(mode="after")
    def _matching(self) -> Self:
        try:
            operations = OperationSet(self.operations)
        except UnknownOperation as error:
            raise ValueError(str(error)) from error  # what pydantic reports as a bad member
        if tuple(domain.symbol for domain in self.domains) != operations.symbols:
            raise ValueError("expected one domain an operation, in the order of the operations")
        if self.arity != tuple(operation.arity for operation in operations):
            raise ValueError("expected the arity of each operation, in the order of the operations")
        shapes = [spec.shape for spec in (*self.inputs, *self.outputs)]
        if shapes != [(None, 2 + len(operations)), (None, 1)]:
            raise ValueError("expected two operands and a one-hot operation in, and one value out")
        return self

    @property
    def operation_set(self) -> OperationSet:
        """The operations, in one-hot order."""
        return OperationSet(self.operations)

    @property
    def dtype(self) -> Dtype:
        """Of the network's input."""
        return self.inputs[0].dtype


class CalculationProbe(ManifestPart):
    """A fixed set of problems with the Keras model's answers: a reader's self-test.

    Attributes:
        a: First operands.
        op: Symbols.
        b: Second operands; of an operation of one operand, anything.
        predictions: What the Keras model answered.
        tolerance: Greatest |difference| of any runtime, times max(1, |prediction|).
    """

    a: tuple[FiniteFloat, ...]
    op: tuple[str, ...]
    b: tuple[FiniteFloat, ...]
    predictions: tuple[FiniteFloat, ...]
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if not len(self.a) == len(self.op) == len(self.b) == len(self.predictions) > 0:
            raise ValueError("expected four columns of one length, at least one row")
        return self


class CalculationDescription(Description):
    """What a publisher says about a network that calculates; see `Description`."""

    task: Literal["calculation"] = TASK
    signature: CalculationSignature
    metrics: ErrorReport
    probe: CalculationProbe


class CalculationManifest(CalculationDescription, Manifest):
    """The manifest of a network that calculates; see `Manifest`."""


def as_calculation(manifest: Manifest) -> CalculationManifest:
    """Return a manifest as that of a network that calculates.

    Raises:
        WrongTask: It is that of another task.
    """
    if not isinstance(manifest, CalculationManifest):
        raise WrongTask(
            f"expected a model that calculates. Received: {manifest.model} version "
            f"{manifest.version}, whose task is {manifest.task}. Ask a model of that task"
        )
    return manifest
