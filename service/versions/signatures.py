"""Decides, once at start, whether versions must be signed, and by whom."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from service.errors import BadSetting
from service.settings import PREFIX, Settings
from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.errors import BadKey
from tabuada.extras import advise_installing
from tabuada.showing import show

logger = logging.getLogger("service.versions")

Check = Callable[[Store, Artifact], None]


def prepare_check(settings: Settings) -> Check:
    """Return what raises StoreError for an opened version of a store that may not be served.

    Raises:
        BadSetting: Keys are named that cannot be used, or the library is missing.
    """
    if settings.verify_key is None:
        return lambda _, __: None
    name = f"{PREFIX}VERIFY_KEY"
    paths = [Path(part) for part in settings.verify_key.split(os.pathsep) if part.strip()]
    if not paths:  # an empty variable must not turn off what somebody meant to turn on
        raise BadSetting(
            f"{name}: expected the path of a public key. Received: {show(settings.verify_key)}. "
            "Unset it to serve versions that nobody signed"
        )
    try:
        from tabuada.artifacts.signatures import TrustedKeys  # noqa: PLC0415 -- 0.2 s, 25 MB

        keys = TrustedKeys(paths)
    except ImportError as error:
        raise BadSetting(
            f"{name}: expected the library that verifies signatures. Received: {error}. "
            f"Install it: {advise_installing('signing')}"
        ) from error
    except BadKey as error:
        raise BadSetting(f"{name}: {error}") from error
    logger.info("Serving only what these keys signed: %s", ", ".join(map(str, paths)))
    return keys.check
