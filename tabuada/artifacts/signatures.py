"""Signatures of versions, by OpenSSF's `model_signing`. Importing this module imports that.

What is verified must be what runs, although whoever can write to the store may swap files at any
moment. So nothing that was verified on the disk is trusted to be there still:

1. `Store.open` reads `manifest.json` once. What is parsed and the digest of the bytes that it was
   parsed from stay together in the `Artifact`.
2. `model_signing` proves that a trusted key signed a list of files and digests, and that it finds
   that list in the folder. The list is taken from its own hands, not parsed a second time from
   the signature: two parsers of hostile bytes may disagree.
3. That list must be the one in memory: `manifest.json` with the digest of step 1, and the files
   with those of the manifest. So what is in memory was signed, whatever lies in the folder by now.
4. `Artifact.read` hands out only bytes with a digest of that manifest, at every read.

The manifest names model and version, and `Store.open` compares them with the folder: a signed
version passes for no other. Which of the signed versions a label points to is not signed.
"""

import copy
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from model_signing import hashing, signing, verifying
from model_signing.manifest import Manifest as SignedList

from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.publishing import put_signature
from tabuada.artifacts.storage.files import find_files
from tabuada.artifacts.store import Store
from tabuada.errors import BadKey, NotTrusted
from tabuada.manifests.files import MANIFEST_NAME

_CURVES = "on the curve P-256, P-384 or P-521"
_MAX_REASON = 300


class TrustedKeys:
    """Public keys, read once: a version must have been signed by one of them.

    Args:
        paths: PEM files of public keys on an elliptic curve.

    Raises:
        BadKey: One of them cannot be used.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._verifiers = {path: _read_public_key(path) for path in paths}

    def check(self, store: Store, artifact: Artifact) -> None:
        """Make sure that one of the keys signed an opened version.

        Args:
            store: Where its signature lies.
            artifact: The version; if nothing is raised, what it hands out was signed.

        Raises:
            NotTrusted: It is not signed, or not by one of the keys, or not as it is.
            CorruptArtifact: The folder or the signature holds what no reader accepts.
        """
        model, version = artifact.manifest.model, artifact.manifest.version
        signature = store.read_signature(model, version)
        _check_listing(artifact)
        reasons = []
        for path, verifier in self._verifiers.items():
            reason = _verify(verifier, artifact, signature)
            if reason is None:
                return
            reasons.append(f"{path}: {reason}")
        raise NotTrusted(
            f"expected a signature of {model} version {version} by a trusted key. "
            f"Received: one that is not: {'; '.join(reasons)}"
        )


def sign_version(store: Store, model: str, version: int, key: Path) -> str:
    """Sign a version, in place of an earlier signature.

    Args:
        store: Where it lies.
        model: The model.
        version: The version.
        key: PEM file of a private key on an elliptic curve, without a password.

    Returns:
        Where the signature lies.

    Raises:
        BadKey: The key cannot be used.
        NotFound: No such model or version.
        CorruptArtifact: The version is damaged: nothing was signed.
        StoreNotWritable: The store is read-only, full or out of reach.
    """
    artifact = store.open(model, version)
    _check_listing(artifact)
    with tempfile.TemporaryDirectory(prefix="tabuada-") as folder:
        public, made = Path(folder, "public.pem"), Path(folder, "signature")
        signer = _read_private_key(key, public)
        signer.set_hashing_config(_Recorder()).sign(artifact.folder, made)
        signature = made.read_bytes()
        # As readers will: a file that was swapped while it was signed shows here.
        reason = _verify(_read_public_key(public), artifact, signature)
    if reason is not None:
        raise NotTrusted(
            f"expected {artifact.folder} to stay as it is while it is signed. Received: {reason}"
        )
    return put_signature(store, model, version, signature)


class _Recorder(hashing.Config):
    """Hashes each file whole by SHA-256, follows no link, and keeps what it found."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's constructors are
        self.set_ignored_paths(paths=(), ignore_git_paths=False)
        self.found: dict[str, str] = {}

    def hash(
        self,
        model_path: hashing.PathLike,
        *,
        files_to_hash: Iterable[hashing.PathLike] | None = None,
    ) -> SignedList:
        listed = super().hash(model_path, files_to_hash=files_to_hash)
        self.found = {
            item.identifier: item.digest.digest_hex for item in listed.resource_descriptors()
        }
        return listed


def _verify(verifier: verifying.Config, artifact: Artifact, signature: bytes) -> str | None:
    """Return why a signature does not vouch for a version, None where it does."""
    recorder = _Recorder()
    with tempfile.TemporaryDirectory(prefix="tabuada-") as folder:
        kept = Path(folder, "signature")
        kept.write_bytes(signature)
        try:
            # A copy, as it keeps the hashing that it is given. It compares what it hashes with
            # what was signed: where nothing is raised, the two are equal.
            copy.copy(verifier).set_hashing_config(recorder).verify(artifact.folder, kept)
        except OSError:  # the disk's fault, not the signature's
            raise
        except InvalidSignature:
            return "the key did not make this signature"
        except Exception as error:  # hostile bytes raise whatever the parsers come upon
            return _shorten(error)
    opened = {path: record.sha256 for path, record in artifact.manifest.files.items()}
    opened[MANIFEST_NAME] = artifact.manifest_sha256
    if left_out := sorted(opened.keys() - recorder.found.keys()):
        return f"it says nothing about {_shorten(left_out)}"
    if recorder.found != opened:
        return "files were changed while they were verified"
    return None


def _check_listing(artifact: Artifact) -> None:
    """Refuse files that the manifest does not list, before anything takes the time to hash them."""
    found = {path.relative_to(artifact.folder).as_posix() for path in find_files(artifact.folder)}
    extra = sorted(found - set(artifact.manifest.files) - {MANIFEST_NAME})
    if extra:
        raise NotTrusted(
            f"expected no file in {artifact.folder} that its manifest does not list. "
            f"Received: {_shorten(extra)}"
        )


def _read_public_key(path: Path) -> verifying.Config:
    try:
        config = verifying.Config()  # type: ignore[no-untyped-call]
        return config.use_elliptic_key_verifier(public_key=path)
    except Exception as error:  # of another kind for each thing that a file may hold
        raise BadKey(
            f"expected the PEM file of a public key {_CURVES}. Received: {path}: "
            f"{_describe_key(error)}. Make one of a private key: "
            "openssl ec -in private.pem -pubout -out public.pem"
        ) from error


def _read_private_key(path: Path, public: Path) -> signing.Config:
    """Return what signs with a key, after writing its public half to a file."""
    try:
        half = load_pem_private_key(path.read_bytes(), password=None).public_key()
        public.write_bytes(half.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        config = signing.Config()  # type: ignore[no-untyped-call]
        return config.use_elliptic_key_signer(private_key=path)
    except Exception as error:  # of another kind for each thing that a file may hold
        raise BadKey(
            f"expected the PEM file of a private key {_CURVES}, without a password. Received: "
            f"{path}: {_describe_key(error)}. Make one: "
            "openssl ecparam -name prime256v1 -genkey -noout -out private.pem"
        ) from error


def _describe_key(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, AttributeError):  # the library asks an RSA key, say, for its curve
        return "a key of another kind"
    return _shorten(error).rstrip(".?")


def _shorten(problem: object) -> str:
    """Return a problem on one line of the log, however long and whatever names it holds."""
    text = " ".join(str(problem).split()) or type(problem).__name__
    return text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}…"
