"""Opens fsspec's file systems by the URL of a store."""

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from tabuada.errors import BadLocation

_OBJECT_STORES = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "az": "az"}


def open_file_system(url: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of a URL, and the URL's path in it.

    S3, Google Cloud Storage and Azure go through obstore where it is installed, everything else
    through the library that fsspec has for it. Each finds its credentials in the environment.

    Raises:
        BadLocation: No library for it is installed, or the URL is not one that it takes.
    """
    protocol, _, path = url.partition("://")
    try:
        file_system = _open_object_store(protocol)
        if file_system is None:
            file_system, path = url_to_fs(url, use_listings_cache=False)
        if not path.strip("/"):
            raise ValueError("it names no bucket")
    except Exception as error:  # each library refuses in its own way
        raise BadLocation(
            f"expected the URL of a store, such as s3://bucket/folder. Received: {url}: {error}"
        ) from error
    return file_system, path.rstrip("/")


def _open_object_store(protocol: str) -> AbstractFileSystem | None:
    if protocol not in _OBJECT_STORES:
        return None
    try:
        from tabuada.artifacts.storage.object_stores import ObjectStore  # noqa: PLC0415 -- an extra
    except ImportError:  # fsspec knows other libraries
        return None
    return ObjectStore(_OBJECT_STORES[protocol])
