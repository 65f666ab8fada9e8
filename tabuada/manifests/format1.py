"""Reads manifests of format version 1, which knew one task, into the terms of the newest one."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.regions import Pole, Region
from tabuada.errors import UnknownOperation
from tabuada.manifests.calculation import (
    CalculationManifest,
    CalculationProbe,
    CalculationSignature,
)
from tabuada.manifests.manifest import Dtype, FileRecord, ManifestPart, RelativePath

_COMPUTING = {"arithmetic"}
"""The families of format 1 whose networks compute; a later format says it in the manifest."""


class _Domain(ManifestPart):
    symbol: str
    a: tuple[FiniteFloat, FiniteFloat]
    b: tuple[FiniteFloat, FiniteFloat]
    min_abs_b: FiniteFloat = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        self.upgrade()
        return self

    def upgrade(self) -> OperandDomain:
        gap = (Pole(operand="b", at=0, distance=self.min_abs_b),) if self.min_abs_b > 0 else ()
        return OperandDomain(symbol=self.symbol, regions=(Region(a=self.a, b=self.b),), poles=gap)


class _Signature(ManifestPart):
    operations: tuple[str, ...]
    dtype: Dtype
    domains: tuple[_Domain, ...]

    @model_validator(mode="after")
    def _matching(self) -> Self:
        self.upgrade()
        return self

    def upgrade(self) -> CalculationSignature:
        try:
            operations = OperationSet(self.operations)
        except UnknownOperation as error:
            raise ValueError(str(error)) from error
        return CalculationSignature.of(
            operations, self.dtype, tuple(domain.upgrade() for domain in self.domains)
        )


class Manifest1(ManifestPart):
    """The whole of `manifest.json` as format version 1 has it."""

    format_version: Literal[1]
    model: str
    version: Annotated[int, Field(gt=0)]
    family: str
    created_at: str
    signature: _Signature
    metrics: ErrorReport
    hyperparameters: dict[str, str | int | float | bool]
    config: dict[str, Any]
    seed: int
    libraries: dict[str, str]
    source_revision: str
    probe: CalculationProbe
    files: dict[RelativePath, FileRecord]

    def upgrade(self) -> CalculationManifest:
        """Return it in the terms of the newest format."""
        computes = self.family in _COMPUTING
        kept = {name: value for name, value in self if name != "signature"}
        return CalculationManifest(
            **kept,
            answers_by="computation" if computes else "approximation",
            signature=self.signature.upgrade(),
        )
