"""S3, Google Cloud Storage and Azure as fsspec's file systems, by obstore."""

from typing import Any

from obstore import put_async
from obstore.exceptions import AlreadyExistsError
from obstore.fsspec import FsspecStore

_OPTIONS: dict[str, Any] = {
    "retry_config": {"max_retries": 3},
    # Unencrypted where the configured endpoint is: a server in the same network.
    "client_options": {"connect_timeout": "5s", "timeout": "60s", "allow_http": True},
}


class ObjectStore(FsspecStore):
    """Creates without overwriting where it is told to, which the class it extends ignores.

    Args:
        protocol: `s3`, `gs`, `az` or `abfs`.
    """

    def __init__(self, protocol: Any) -> None:
        super().__init__(protocol, **_OPTIONS)

    async def _pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        bucket, key = self._split_path(path)
        how: Any = "create" if mode == "create" else "overwrite"
        try:
            await put_async(self._construct_store(bucket), key, value, mode=how)
        except AlreadyExistsError as error:
            raise FileExistsError(path) from error
