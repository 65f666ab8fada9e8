"""What the Open Inference Protocol reads and answers below `/v2`."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from service.http.body_schemas import WHOLE
from service.http.long_lists import LongList, LongLists

# The protocol lets clients add parameters, and some add members: what is unknown is passed over.
_LENIENT = ConfigDict(extra="ignore", strict=True, frozen=True)

Size = Annotated[int, Field(ge=0)]


LONG_DATA = LongLists(frozenset({("inputs", "*", "data"), ("inputs", "*", "data", "*")}))
"""Where a request may have lists of thousands of elements."""


def _leave_long(data: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Leave a long list to whoever knows how many elements it may have."""
    return data if isinstance(data, LongList) else read(data)


class ServerMetadata(BaseModel):
    """What the service is."""

    model_config = WHOLE

    name: str = Field("tabuada", description="Always `tabuada`.")
    version: str = Field(description="The version of the service.")
    extensions: list[str] = Field(
        ["binary_tensor_data"], description="The extensions of the protocol that it speaks."
    )


class ServerLive(BaseModel):
    """The process answers."""

    model_config = WHOLE

    live: bool = Field(True, description="Always true.")


class ServerReady(BaseModel):
    """The default model answers."""

    model_config = WHOLE

    ready: bool = Field(True, description="Always true; where it cannot answer, there is a 503.")


class ModelReady(BaseModel):
    """A model answers."""

    model_config = WHOLE

    name: str = Field(description="The model's name.")
    ready: bool = Field(True, description="Always true; where it cannot answer, there is an error.")


class TensorMetadata(BaseModel):
    """One input or output of a model."""

    model_config = WHOLE

    name: str = Field(description="The tensor's name.")
    datatype: str = Field(description="The type of its elements, in the protocol's words.")
    shape: list[int] = Field([-1], description="Its sizes by axis; -1 is any number.")


class ModelMetadata(BaseModel):
    """What a model reads and answers: the same for every model and version."""

    model_config = WHOLE

    name: str = Field(description="The model's name.")
    versions: list[str] = Field(description="The published versions, ascending.")
    platform: str = Field(description="What runs it.")
    inputs: list[TensorMetadata] = Field(
        [
            TensorMetadata(name="a", datatype="FP64"),
            TensorMetadata(name="op", datatype="BYTES"),
            TensorMetadata(name="b", datatype="FP64"),
        ],
        description="The tensors that it reads: first operands, signs and second operands.",
    )
    outputs: list[TensorMetadata] = Field(
        [
            TensorMetadata(name="prediction", datatype="FP64"),
            TensorMetadata(name="out_of_domain", datatype="BOOL"),
        ],
        description=(
            "The tensors that it answers: predictions, and whether each problem lies outside of "
            "what the network was trained on."
        ),
    )


class InputParameters(BaseModel):
    """Where the elements of an input are."""

    model_config = _LENIENT

    binary_data_size: Size | None = Field(
        None, description="Bytes after the JSON that hold the elements, little-endian."
    )


class RequestInput(BaseModel):
    """One tensor: `a` and `b` of numbers, `op` of signs, of which one may stand for all rows."""

    model_config = _LENIENT

    name: str = Field(description="`a`, `op` or `b`.")
    shape: Annotated[list[Size], Field(fail_fast=True, min_length=1, max_length=2)] = Field(
        description="`[n]` or `[n, 1]`."
    )
    datatype: str = Field(
        description="BYTES for `op`; FP64 for `a` and `b`, or any number that becomes one."
    )
    parameters: InputParameters | None = Field(None, description="Of a binary input.")
    data: Annotated[list[Any] | None, WrapValidator(_leave_long)] = Field(
        None, description="The elements, nested or flat, where they are not binary."
    )


class OutputParameters(BaseModel):
    """How an output is to come."""

    model_config = _LENIENT

    binary_data: bool | None = Field(
        None, description="Whether it is to come after the JSON, as binary data."
    )


class RequestedOutput(BaseModel):
    """An output that is wanted."""

    model_config = _LENIENT

    name: str = Field(description="`prediction` or `out_of_domain`.")
    parameters: OutputParameters | None = Field(None, description="How it is to come.")


class RequestParameters(BaseModel):
    """What holds for the whole request."""

    model_config = _LENIENT

    binary_data_output: bool | None = Field(
        None, description="Whether outputs that say nothing are to come as binary data."
    )


class InferenceRequest(BaseModel):
    """Problems, column by column, as tensors."""

    model_config = _LENIENT

    id: str | None = Field(None, description="Comes back with the answer.")
    parameters: RequestParameters | None = Field(
        None, description="What holds for the whole request."
    )
    inputs: Annotated[list[RequestInput], Field(fail_fast=True, min_length=1, max_length=16)] = (
        Field(description="The tensors `a`, `op` and `b`, in any order.")
    )
    outputs: Annotated[list[RequestedOutput], Field(fail_fast=True, max_length=16)] | None = Field(
        None, description="Which outputs are wanted; where left out, all."
    )


class BinarySize(BaseModel):
    """How long a binary output is."""

    binary_data_size: int = Field(description="How many bytes after the JSON hold its elements.")


class ResponseOutput(BaseModel):
    """One tensor of the answer."""

    name: str = Field(description="`prediction` or `out_of_domain`.")
    datatype: str = Field(description="FP64 for `prediction`, BOOL for `out_of_domain`.")
    shape: list[int] = Field(description="`[n]`.")
    parameters: BinarySize | None = Field(
        None, description="How long it is, where it is binary; else absent."
    )
    data: list[FiniteFloat] | list[bool] | None = Field(
        None,
        title="TensorElements",
        description="Its elements, flat; absent where it is binary.",
    )


class InferenceResponse(BaseModel):
    """The answers, in the order of the problems."""

    model_name: str = Field(description="The model that answered.")
    model_version: str = Field(description="The version that answered, as a string.")
    id: str | None = Field(None, description="The request's; absent where it had none.")
    outputs: list[ResponseOutput] = Field(
        description="The outputs asked for, `prediction` and `out_of_domain` by default."
    )
