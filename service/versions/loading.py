"""Opens, verifies, loads and tests a version of a store in the runtime that was chosen."""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial

from service.batching.batcher import Run
from service.batching.policy import Batching
from service.runtimes.runtime import (
    OpenRuntime,
    check_runtime,
    choose_runtime,
    prepare_runtime,
)
from service.settings import PREFIX, Settings
from service.tasks.task import LoadedVersion, LoadVersion
from service.versions.signatures import prepare_check
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact
from tabuada.manifests.manifest import Manifest

logger = logging.getLogger("service.versions")


def prepare_loading(
    settings: Settings,
    loaders: Mapping[str, LoadVersion],
    observe: Callable[[str, Run], None] | None = None,
) -> Callable[[Store, str, int], LoadedVersion]:
    """Return what loads one version of a store; the runtime itself is imported at the first call.

    So the process answers health checks while TensorFlow is still on its way; unless it has to
    look for a GPU before.

    Args:
        settings: How they are to be run.
        loaders: What loads a version, by its task.
        observe: Told of every run that answers requests, with the model's name.

    Raises:
        BadSetting: Signatures are to be verified with keys that cannot be used, or this machine
            lacks what the runtime needs.
    """
    check_runtime(settings.runtime, require_gpu=settings.require_gpu)
    check = prepare_check(settings)
    runtimes: list[OpenRuntime] = []
    lock = threading.Lock()
    batching = Batching(
        settings.batching,
        settings.max_batch_rows,
        settings.max_queued_rows,
        settings.max_waiting,
        settings.run_timeout_s,
    )

    def load(store: Store, model: str, version: int) -> LoadedVersion:
        with lock:  # a version that never finishes must not keep others from loading
            if not runtimes:
                name = choose_runtime(settings.runtime)
                logger.info("Predicting with %s", name)
                runtimes.append(prepare_runtime(name, settings.threads, settings.run_timeout_s))
        _check_size(store.manifest(model, version), settings.max_version_bytes)
        artifact = store.open(model, version)
        check(store, artifact)
        told = None if observe is None else partial(observe, model)
        return loaders[artifact.manifest.task](artifact, runtimes[0], batching, told)

    return load


def _check_size(manifest: Manifest, max_bytes: int) -> None:
    """Refuse a version that is too large, before its files are read or downloaded.

    Raises:
        CorruptArtifact: Its files have more bytes than they may have.
    """
    size_bytes = sum(record.size_bytes for record in manifest.files.values())
    if size_bytes > max_bytes:
        raise CorruptArtifact(
            f"expected files of at most {max_bytes} bytes together. Received: {size_bytes} in "
            f"{manifest.model} version {manifest.version}. Set {PREFIX}MAX_VERSION_BYTES higher"
        )
