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

    name: str = "tabuada"
    version: str
    extensions: list[str] = ["binary_tensor_data"]


class ServerLive(BaseModel):
    """The process answers."""

    live: bool = True


class ServerReady(BaseModel):
    """The default model answers."""

    ready: bool = True


class ModelReady(BaseModel):
    """A model answers."""

    name: str
    ready: bool = True


class TensorMetadata(BaseModel):
    """One input or output of a model."""

    name: str
    datatype: str
    shape: list[int] = Field([-1], description="-1 is any number")


class ModelMetadata(BaseModel):
    """What a model reads and answers: the same for every model and version."""

    name: str
    versions: list[str] = Field(description="Published ones, ascending")
    platform: str = Field(description="What runs it")
    inputs: list[TensorMetadata] = [
        TensorMetadata(name="a", datatype="FP64"),
        TensorMetadata(name="op", datatype="BYTES"),
        TensorMetadata(name="b", datatype="FP64"),
    ]
    outputs: list[TensorMetadata] = [
        TensorMetadata(name="prediction", datatype="FP64"),
        TensorMetadata(name="out_of_domain", datatype="BOOL"),
    ]


class InputParameters(BaseModel):
    """Where the elements of an input are."""

    model_config = _LENIENT

    binary_data_size: Size | None = Field(
        None, description="Bytes after the JSON that hold the elements, little-endian"
    )


class RequestInput(BaseModel):
    """One tensor: `a` and `b` of numbers, `op` of signs, of which one may stand for all rows."""

    model_config = _LENIENT

    name: str = Field(description="`a`, `op` or `b`")
    shape: Annotated[list[Size], Field(fail_fast=True, min_length=1, max_length=2)] = Field(
        description="`[n]` or `[n, 1]`"
    )
    datatype: str = Field(description="BYTES for `op`; FP64, or any number that becomes one")
    parameters: InputParameters | None = None
    data: Annotated[list[Any] | None, WrapValidator(_leave_long)] = Field(
        None, description="The elements, nested or flat, where they are not binary"
    )


class OutputParameters(BaseModel):
    """How an output is to come."""

    model_config = _LENIENT

    binary_data: bool | None = Field(None, description="After the JSON, as binary data")


class RequestedOutput(BaseModel):
    """An output that is wanted."""

    model_config = _LENIENT

    name: str = Field(description="`prediction` or `out_of_domain`")
    parameters: OutputParameters | None = None


class RequestParameters(BaseModel):
    """What holds for the whole request."""

    model_config = _LENIENT

    binary_data_output: bool | None = Field(
        None, description="All outputs as binary data, but those that say otherwise"
    )


class InferenceRequest(BaseModel):
    """Problems, column by column, as tensors."""

    model_config = _LENIENT

    id: str | None = Field(None, description="Comes back with the answer")
    parameters: RequestParameters | None = None
    inputs: Annotated[list[RequestInput], Field(fail_fast=True, min_length=1, max_length=16)]
    outputs: Annotated[list[RequestedOutput], Field(fail_fast=True, max_length=16)] | None = Field(
        None, description="Which outputs are wanted; without it, all"
    )


class BinarySize(BaseModel):
    """How long a binary output is."""

    binary_data_size: int


class ResponseOutput(BaseModel):
    """One tensor of the answer."""

    name: str
    datatype: str
    shape: list[int]
    parameters: BinarySize | None = Field(None, description="Where it is binary")
    data: list[FiniteFloat] | list[bool] | None = Field(None, description="Where it is not")


class InferenceResponse(BaseModel):
    """The answers, in the order of the problems."""

    model_name: str
    model_version: str
    id: str | None = None
    outputs: list[ResponseOutput]
