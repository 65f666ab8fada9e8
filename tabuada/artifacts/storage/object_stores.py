"""Opens the object store of a URL: S3, Google Cloud Storage, Azure, or this process's memory."""

import functools
import re
from typing import TYPE_CHECKING

from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

from tabuada.errors import BadLocation

if TYPE_CHECKING:  # there is no such name when the code runs
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

_MAX_REASON = 300
_STORES: dict[str, type[S3Store | GCSStore | AzureStore]] = {
    "s3": S3Store,
    "s3a": S3Store,
    "gs": GCSStore,
    "gcs": GCSStore,
    "az": AzureStore,
    "abfs": AzureStore,
}
_RETRIES: "RetryConfig" = {"max_retries": 3}
# Unencrypted where the configured endpoint is: a server in the same network.
_CLIENT: "ClientConfig" = {"connect_timeout": "5s", "timeout": "60s", "allow_http": True}


def open_object_store(url: str) -> "ObjectStore":
    """Return the object store of a URL, in which paths are relative to the URL's.

    Each kind finds its credentials and its endpoint in the environment.

    Args:
        url: `<scheme>://<bucket>/<path>`, of a scheme in the table above; for Azure, the bucket is
            a container of the account in the environment. Or `memory://<name>`: a store that
            lives as long as this process, the same one for the same URL.

    Raises:
        BadLocation: The scheme is none of these, or the library refuses the rest.
    """
    scheme, _, place = url.partition("://")
    bucket, _, path = place.rstrip("/").partition("/")
    try:
        if scheme not in (*_STORES, "memory"):
            raise ValueError(f"its scheme is none of {', '.join([*_STORES, 'memory'])}")
        if not bucket:
            raise ValueError("it names no bucket")
        if scheme == "memory":
            return _open_memory(f"{bucket}/{path}")
        return _STORES[scheme](
            bucket, prefix=path or None, retry_config=_RETRIES, client_options=_CLIENT
        )
    except Exception as error:  # of the library's own kinds, and Python's
        raise BadLocation(
            "expected the URL of a store, such as s3://bucket/folder. "
            f"Received: {url}: {shorten_error(error)}. Name another one"
        ) from error


def shorten_error(error: Exception) -> str:
    """Return what the library says on one line, the same each time that it comes back.

    It tells pages: how long it took, the whole answer, where in its own code.
    """
    text = " ".join(str(error).split()) or type(error).__name__
    text = re.sub(r" in [0-9.]+[nµm]?s\b", "", text).partition(" Debug source:")[0]
    code = re.search(r"<Code>(\w+)</Code>", text)
    text = text.partition("<")[0].strip() + (f" {code[1]}" if code else "")
    return text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}…"


@functools.cache
def _open_memory(name: str) -> MemoryStore:  # noqa: ARG001 -- one store for each
    return MemoryStore()
