"""Opens, verifies, loads and tests a version of a store in the runtime that was chosen."""

import logging
import threading
from collections.abc import Callable

from service.predictor import Predictor, load_predictor
from service.runtimes.runtime import OpenRuntime, choose_runtime, prepare_runtime
from service.settings import Settings
from service.signatures import prepare_check
from tabuada.store import Store

logger = logging.getLogger("service.loading")


def prepare_loading(store: Store, settings: Settings) -> Callable[[str, int], Predictor]:
    """Return what loads one version; the runtime itself is imported at the first call.

    So the process answers health checks while TensorFlow is still on its way.

    Raises:
        BadSetting: Signatures are to be verified with keys that cannot be used.
    """
    check = prepare_check(store, settings)
    runtimes: list[OpenRuntime] = []
    lock = threading.Lock()

    def load(model: str, version: int) -> Predictor:
        with lock:  # a version that never finishes must not keep others from loading
            if not runtimes:
                name = choose_runtime(settings.runtime)
                logger.info("Predicting with %s", name)
                runtimes.append(prepare_runtime(name, settings.threads))
        artifact = store.open(model, version)
        check(artifact)
        return load_predictor(artifact, runtimes[0])

    return load
