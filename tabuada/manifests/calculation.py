"""What manifests hold of the task `calculation`: problems in, their values out."""

from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, FiniteFloat, model_validator

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.operations import Floats, OperationSet
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
    """What goes into a network that calculates and what comes out."""

    operations: tuple[str, ...] = Field(
        description="Symbols of its operations, in the order in which the network has them."
    )
    arity: tuple[Literal[1, 2], ...] = Field(
        description="How many operands each operation has, in the same order."
    )
    domains: tuple[OperandDomain, ...] = Field(
        description="Where each operation was trained, in the same order."
    )
    added_inputs: Annotated[int, Field(ge=0)] = Field(
        0, description="How many features follow the operation, as `scaler.json` describes them."
    )

    @classmethod
    def of(
        cls,
        operations: OperationSet,
        dtype: Dtype,
        domains: tuple[OperandDomain, ...],
        added_inputs: int = 0,
    ) -> Self:
        """Return the signature of a network that answers these operations.

        Args:
            operations: In one-hot order.
            dtype: Of the network's input and output.
            domains: Where each operation was trained, in the same order.
            added_inputs: How many features follow the operation.
        """
        width = 2 + len(operations) + added_inputs
        return cls(
            inputs=(TensorSpec(name="features", dtype=dtype, shape=(None, width)),),
            outputs=(TensorSpec(name="value", dtype=dtype, shape=(None, 1)),),
            operations=operations.symbols,
            arity=tuple(operation.arity for operation in operations),
            domains=domains,
            added_inputs=added_inputs,
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
        if shapes != [(None, self.width), (None, 1)]:
            raise ValueError(
                "expected two operands, a one-hot operation and the added inputs in, and one value "
                "out"
            )
        return self

    @property
    def width(self) -> int:
        """How many features a problem has."""
        return 2 + len(self.operations) + self.added_inputs

    @property
    def operation_set(self) -> OperationSet:
        """The operations, in one-hot order."""
        return OperationSet(self.operations)

    @property
    def dtype(self) -> Dtype:
        """Of the network's input."""
        return self.inputs[0].dtype


class CalculationProbe(ManifestPart):
    """Problems with the answers that the network gave when it was published."""

    a: tuple[FiniteFloat, ...] = Field(description="First operands.")
    op: tuple[str, ...] = Field(description="Symbols of the operations.")
    b: tuple[FiniteFloat, ...] = Field(
        description="Second operands; of an operation of one operand, any number."
    )
    predictions: tuple[FiniteFloat, ...] = Field(description="What the network answered.")
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        description="How far another answer may be off: so much times max(1, |prediction|)."
    )
    tolerances: tuple[Annotated[FiniteFloat, Field(gt=0)], ...] | None = Field(
        None,
        description="The same for each row, where rows differ; then `tolerance` is the greatest.",
    )

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if not len(self.a) == len(self.op) == len(self.b) == len(self.predictions) > 0:
            raise ValueError("expected four columns of one length, at least one row")
        if self.tolerances is not None and len(self.tolerances) != len(self.a):
            raise ValueError("expected a tolerance for each row, or none")
        return self

    @property
    def tolerance_of_each(self) -> Floats:
        """How far each answer may be off, times max(1, |prediction|): shape (n,)."""
        given = (self.tolerance,) * len(self.a) if self.tolerances is None else self.tolerances
        return np.array(given, np.float64)


class CalculationDescription(Description):
    """What a publisher says about a network that calculates; see `Description`."""

    task: Literal["calculation"] = Field(TASK, description="What it does: it calculates.")
    signature: CalculationSignature = Field(
        description="What goes in, what comes out, and which operations it knows."
    )
    metrics: ErrorReport = Field(description="How it does on the test part of the data set.")
    probe: CalculationProbe = Field(
        description="Problems with the answers that it gave when it was published."
    )


class CalculationManifest(CalculationDescription, Manifest):
    """What a version says about itself, of a network that calculates."""


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
