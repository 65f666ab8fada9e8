"""What can be set from outside, and nothing else: one typed, frozen object."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.errors import BadSetting
from service.front_settings import check_root_path, parse_hosts, parse_origins
from service.policies import parse_policies
from tabuada.artifacts.storage.names import check_name
from tabuada.errors import InvalidName
from tabuada.extras import advise_installing
from tabuada.rules import describe_error
from tabuada.showing import show

PREFIX = "TABUADA_"

_LEAST_KEY = 16

Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """Settings of the service, each read from the environment as `TABUADA_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1)] = Field(
        "127.0.0.1",
        description=(
            "Address or name to listen on; 0.0.0.0 lets other machines in, :: over IPv6 as well"
        ),
    )
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        8000, description="Port to listen on; 0 takes a free one"
    )
    root_path: str = Field(
        "", description="Prefix under which a proxy serves it, such as /tabuada; taken off if there"
    )
    allowed_hosts: str = Field(
        "", description="Names it answers under: tabuada.example,*.school.example; any if empty"
    )
    allowed_origins: str = Field(
        "", description="Origins whose pages may ask it: https://school.example; its own if empty"
    )
    artifacts: str = Field(
        "artifacts", description="Published versions: a folder, or a URL as s3://bucket/folder"
    )
    cache: Path | None = Field(
        None, description="Folder for the versions of a URL; tabuada in the user's cache if unset"
    )
    default_model: str = Field(
        "arithmetic", description="Model that answers when a request names none"
    )
    verify_key: str | None = Field(
        None,
        description="Public keys (PEM), with : between; only versions that one signed are served",
    )
    runtime: Literal["onnx", "tensorflow", "auto"] = Field(
        "onnx", description="What runs the networks; auto takes TensorFlow where it sees a GPU"
    )
    require_gpu: bool = Field(False, description="Whether to refuse to start without a GPU")
    batching: bool = Field(True, description="Whether requests at a time share runs")
    max_batch_rows: Count = Field(1024, description="Rows of requests that are run together")
    max_queued_rows: Count = Field(
        65_536, description="Rows that may wait to be run together; more are answered 503"
    )
    threads: Annotated[int, Field(ge=1, le=256)] = Field(
        1, description="Threads that one prediction may use"
    )
    loaded_versions: Count = Field(
        8, description="Versions kept in memory besides those that answer by default"
    )
    version_policy: Annotated[dict[str, str], NoDecode] = Field(
        {}, description="Versions that answer by default: mlp=3,arithmetic=canary,other=latest"
    )
    load_timeout_s: Seconds = Field(
        60.0, description="Seconds after which a version that is not loaded is refused"
    )
    max_version_bytes: Count = Field(
        2**30, description="Bytes that the files of a version may have; larger ones are refused"
    )
    run_timeout_s: Seconds = Field(
        10.0, description="Seconds after which a run of a network is ended and answered 504"
    )
    poll_interval_s: Seconds = Field(2.0, description="Seconds between two looks at the store")
    max_json_rows: Count = Field(100_000, description="Rows that a request of JSON may have")
    max_binary_rows: Count = Field(
        1_000_000, description="Rows that a request of binary tensors may have"
    )
    max_body_bytes: Count = Field(64 * 2**20, description="Bytes that a request's body may have")
    max_json_bytes: Count = Field(
        16 * 2**20, description="Bytes of JSON that a body may have; raw tensors may have more"
    )
    max_gzip_ratio: Count = Field(
        200, description="How many times its size a body may have once it is decompressed"
    )
    max_sample_rows: Count = Field(1_000_000, description="Problems that /evaluate may draw")
    inline_rows: Annotated[int, Field(ge=0)] = Field(
        1000, description="Rows up to which a prediction runs without a thread of its own"
    )
    inline_bytes: Annotated[int, Field(ge=0)] = Field(
        32 * 2**10, description="Bytes up to which a body is read and answered without waiting"
    )
    max_requests: Count = Field(1024, description="Requests in progress; more are answered 503")
    max_pending_bytes: Count = Field(
        256 * 2**20, description="Bytes of larger bodies in progress; more are answered 503"
    )
    work_turns: Count = Field(2, description="Larger bodies that are worked on at a time")
    max_waiting: Count = Field(
        64, description="Larger bodies, or evaluations, that wait; more are answered 503"
    )
    predict_wait_s: Seconds = Field(
        1.0, description="Seconds that a larger body may wait; X-Request-Timeout asks for less"
    )
    evaluate_wait_s: Seconds = Field(
        30.0, description="Seconds that an evaluation may wait for the one before it"
    )
    body_timeout_s: Seconds = Field(30.0, description="Seconds in which a body must arrive")
    workers: Annotated[int, Field(ge=1, le=256)] = Field(
        1, description="Processes that answer; every limit holds for each of them"
    )
    worker_timeout_s: Annotated[float, Field(ge=5, allow_inf_nan=False)] = Field(
        60.0,
        description="Seconds after which a process that hangs is replaced, or a single one ends",
    )
    max_connections: Count = Field(4096, description="Open connections; more are answered 503")
    max_header_bytes: Annotated[int, Field(ge=256)] = Field(
        16 * 2**10, description="Bytes that a request's address and headers may have"
    )
    max_headers: Count = Field(100, description="Headers that a request may have")
    header_timeout_s: Seconds = Field(
        10.0, description="Seconds in which a request's headers must arrive"
    )
    keep_alive_s: Seconds = Field(75.0, description="Seconds that a connection may be idle")
    write_timeout_s: Seconds = Field(
        30.0, description="Seconds in which a client must take an answer, or its next MiB"
    )
    max_unread_bytes: Count = Field(
        64 * 2**20, description="Bytes of answers that no client takes; past it, connections end"
    )
    drain_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        0.5, description="Seconds of answering while no longer ready, before the port is closed"
    )
    shutdown_timeout_s: Count = Field(
        10, description="Seconds that requests in progress get to finish after that"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe messages that are logged"
    )
    log_format: Literal["plain", "json"] = Field(
        "plain", description="Lines for people, or one JSON object a line for programs"
    )
    access_log: bool = Field(False, description="Whether to log each request")
    telemetry: bool = Field(
        False, description="OpenTelemetry: traces, metrics and logs to where OTEL_* says"
    )
    api_keys: SecretStr = Field(
        SecretStr(""), description="Keys that requests must bring one of, separated by commas"
    )
    api_keys_file: Path | None = Field(
        None, description="File with such keys, one a line; a secret mounted into a container"
    )
    admin_keys: SecretStr = Field(
        SecretStr(""), description="Keys for /admin, which without any does not exist"
    )
    admin_keys_file: Path | None = Field(None, description="File with such keys, one a line")

    @field_validator("host")
    @classmethod
    def _without_brackets(cls, host: str) -> str:
        # As it stands in a URL.
        return host[1:-1] if host.startswith("[") and host.endswith("]") else host

    @field_validator("default_model")
    @classmethod
    def _well_named(cls, name: str) -> str:
        try:
            return check_name(name)
        except InvalidName as error:
            raise ValueError(str(error)) from error

    @field_validator("root_path")
    @classmethod
    def _prefix(cls, path: str) -> str:
        return check_root_path(path)

    @field_validator("allowed_hosts")
    @classmethod
    def _names(cls, hosts: str) -> str:
        parse_hosts(hosts)
        return hosts

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, origins: str) -> str:
        parse_origins(origins)
        return origins

    @field_validator("version_policy", mode="before")
    @classmethod
    def _read_policies(cls, policies: object) -> object:
        return parse_policies(policies) if isinstance(policies, str) else policies

    @field_validator("telemetry")
    @classmethod
    def _installed(cls, telemetry: bool) -> bool:
        if telemetry and find_spec("opentelemetry.sdk") is None:
            raise ValueError(
                "expected OpenTelemetry's SDK. Received: none. "
                f"Install it: {advise_installing('telemetry')}"
            )
        return telemetry

    @field_validator("require_gpu")
    @classmethod
    def _on_a_runtime_that_uses_it(cls, require_gpu: bool, info: ValidationInfo) -> bool:
        if require_gpu and info.data.get("runtime") == "onnx":
            raise ValueError(
                f"expected {PREFIX}RUNTIME to be tensorflow or auto where a GPU is required. "
                "Received: onnx. Set it, or leave this one unset"
            )
        return require_gpu

    @field_validator("artifacts")
    @classmethod
    def _folder(cls, artifacts: str) -> str:
        # One that does not exist yet is fine: training is about to fill it.
        if os.path.exists(artifacts) and not os.path.isdir(artifacts):
            raise ValueError(f"expected a folder. Received: {show(artifacts)}. Name another path")
        return artifacts

    def read_api_keys(self) -> list[str]:
        """Return the keys of requests.

        Raises:
            BadSetting: The file cannot be read, or a key is too short to be one.
        """
        return _read_keys("API_KEYS", self.api_keys, self.api_keys_file)

    def read_admin_keys(self) -> list[str]:
        """Return the keys of /admin; raises as `read_api_keys` does."""
        return _read_keys("ADMIN_KEYS", self.admin_keys, self.admin_keys_file)


def _describe(error: OSError | UnicodeError) -> str:
    return (isinstance(error, OSError) and error.strerror) or "not in UTF-8"


def _read_keys(name: str, listed: SecretStr, file: Path | None) -> list[str]:
    keys = listed.get_secret_value().split(",")
    if file is not None:
        try:
            keys += file.read_text("utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise BadSetting(
                f"{PREFIX}{name}_FILE: expected a text file with one key a line. "
                f"Received: {file}: {_describe(error)}. Name a file of this user's"
            ) from error
    keys = [key.strip() for key in keys if key.strip()]
    if any(len(key) < _LEAST_KEY or not key.isascii() for key in keys):
        raise BadSetting(  # without the key: this message may end in a log
            f"{PREFIX}{name}: expected keys of at least {_LEAST_KEY} ASCII characters. "
            "Received: a shorter or another one. Make one with: openssl rand -hex 24"
        )
    return keys


def read_settings(**chosen: object) -> Settings:
    """Read the settings from the environment.

    Args:
        chosen: Settings that are chosen otherwise, by lower-case name.

    Raises:
        BadSetting: One breaks its rule; the message names it, the rule and the value.
    """
    try:
        return Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise BadSetting(f"{name}{describe_error(first)}") from error
