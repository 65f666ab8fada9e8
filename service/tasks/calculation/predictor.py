"""One loaded version: answers problems. Knows nothing of HTTP."""

import logging
import math
import time
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from service.batching.batcher import Batcher, Observe, Run
from service.batching.pace import Pace, is_quick
from service.batching.policy import Batching, prepare_batcher
from service.errors import RunTimedOut
from service.runtimes.runtime import OpenRuntime, Runtime
from service.tasks.calculation.answer import Answer, compare
from service.tasks.calculation.blocks import BLOCK_ROWS, check_time, fill, run_in_blocks
from service.tasks.calculation.columns import Columns, RepeatedSigns
from service.tasks.calculation.plain_answers import PlainAnswers
from service.work_queue import WorkQueue
from tabuada.arithmetic.domains import DomainTable
from tabuada.arithmetic.error_statistics import check_finite
from tabuada.arithmetic.features import FeatureEncoder, Features, Scaler
from tabuada.arithmetic.operations import Floats, Indices, OperationSet
from tabuada.arithmetic.problems import Problems
from tabuada.artifacts.artifact import Artifact
from tabuada.errors import CorruptArtifact, TabuadaError, UnknownOperation
from tabuada.manifests.calculation import CalculationManifest, as_calculation
from tabuada.manifests.files import SCALER_JSON
from tabuada.rules import describe_error

logger = logging.getLogger("service.versions")

_WARM_ROWS = (1, 64, BLOCK_ROWS)


class Predictor:
    """One loaded version of a model. Safe to call from several threads at a time.

    Args:
        manifest: What the version says about itself.
        encoder: Problems to features.
        runtime: The network.
        batching: Whether requests are run together; never if None.
        observe: Told of every run but those of `predict`.
        digest: Of the manifest's bytes: which version it is.

    Attributes:
        turns: Where what a thread is to compute waits for this network; None for one that is quick.

    Raises:
        CorruptArtifact: It does not give the answers that its manifest promises.
    """

    def __init__(
        self,
        manifest: CalculationManifest,
        encoder: FeatureEncoder,
        runtime: Runtime,
        batching: Batching | None = None,
        observe: Observe | None = None,
        *,
        digest: str,
    ) -> None:
        self.manifest = manifest
        self.digest = digest
        self._encoder = encoder
        self._runtime = runtime
        self._domains = DomainTable(manifest.signature.domains)
        self._plain = PlainAnswers(encoder, manifest.signature.domains)
        self._observe = observe
        self._longest_s = math.inf
        self._batcher: Batcher | None = None
        self.turns: WorkQueue | None = None
        self._test()
        quick = is_quick(self._warm, _WARM_ROWS) and not runtime.blocks_loop
        if batching is not None and not quick:
            self._longest_s = batching.run_timeout_s
            self.turns = batching.prepare_turns()
        # Not a method: in a circle with its batcher, a version let go of would stay in memory.
        self._run = partial(run_in_blocks, runtime, self._longest_s)
        if batching is not None:
            pace = Pace(runtime.steady, quick)
            self._batcher = prepare_batcher(batching, pace, self._run, observe)

    @property
    def operations(self) -> OperationSet:
        """The operations it answers, in one-hot order."""
        return self._encoder.operations

    @property
    def platform(self) -> str:
        """What the Open Inference Protocol calls that which runs it."""
        return self._runtime.platform

    def predict(self, problems: Problems) -> Floats:
        """Answer problems posed in this version's operations.

        Returns:
            Shape (n,), float64, all finite.

        Raises:
            DivisionByZero: A divisor is zero; `index` says which.
            NotRepresentable: The network's answer is not finite; `index` says which.
            RunTimedOut: The network took too long.
        """
        problems.operations.check(problems.op, problems.a, problems.b)
        # Encoded block by block, so that features never take the memory of all problems.
        encode, predict = self._encoder.encode, self._runtime.predict
        values = fill(
            len(problems), self._longest_s, lambda rows: predict(encode(problems.take(rows)))
        )
        check_finite(values, "prediction")
        return values

    def check_time(self, started: float) -> None:
        """Go on with more runs for the same request, or not.

        Args:
            started: When its first run began, by `time.perf_counter`.

        Raises:
            RunTimedOut: This network takes long, and they took too long together.
        """
        check_time(started, self._longest_s)

    def predict_observed(self, problems: Problems) -> Floats:
        """Answer as `predict` does, and tell of the run: for a request in a thread of its own."""
        started = time.perf_counter()
        values = self.predict(problems)
        self._tell(len(problems), started)
        return values

    async def predict_soon(self, problems: Problems) -> Floats:
        """Answer problems as `predict` does, together with those of other requests.

        Without batching it computes on the spot, which blocks the event loop meanwhile.

        Raises:
            Overloaded: Too many rows wait for their turn already.
            DeadlineExceeded: The turn did not come in time.
            RunTimedOut: The network took too long.
            RunFailed: The network could not be run.
        """
        problems.operations.check(problems.op, problems.a, problems.b)
        values = await self._run_soon(self._encoder.encode(problems))
        check_finite(values, "prediction")  # of this request only: the others get their answers
        return values

    async def answer_plainly(self, columns: Columns, *, exact: bool = False) -> Answer | None:
        """Answer ordinary problems: the same as the other way, in half the time.

        Returns:
            The answer; None where one is not ordinary, for which the other way finds the words.
        """
        features = self._plain.encode(columns)
        if features is None:
            return None
        return self._plain.complete(columns, await self._run_soon(features), exact=exact)

    def answer_at_once(self, columns: Columns, *, exact: bool = False) -> Answer | None:
        """Answer ordinary problems on the spot, where no others are asked at the same time.

        Returns:
            The answer; None where one is not ordinary, or there may be others to run it with.
        """
        batcher = self._batcher
        if batcher is not None and not batcher.runs_now(len(columns.a)):
            return None
        features = self._plain.encode(columns)
        if features is None:
            return None
        values = self._run_here(features) if batcher is None else batcher.run_now(features)
        return self._plain.complete(columns, values, exact=exact)

    def complete(self, problems: Problems, predictions: Floats, *, exact: bool) -> Answer:
        """Return the answer to problems, given what the network said.

        Raises:
            ProblemError: An exact value or an error is asked for and not finite.
        """
        compared = compare(problems, predictions) if exact else (None, None)
        return Answer(predictions, self.find_out_of_domain(problems), *compared)

    async def _run_soon(self, features: Features) -> Floats:
        if self._batcher is not None:
            return await self._batcher.run(features)
        return self._run_here(features)

    def _run_here(self, features: Features) -> Floats:
        started = time.perf_counter()
        values = self._run(features)
        self._tell(len(features), started)
        return values

    def _tell(self, rows: int, started: float) -> None:
        if self._observe is not None:
            self._observe(Run(rows, (), time.perf_counter() - started))

    def find_out_of_domain(self, problems: Problems) -> NDArray[np.intp]:
        """Return the rows that lie outside what the network was trained on, ascending."""
        return self._domains.find_outside(problems.op, problems.a, problems.b)

    def pose(self, columns: Columns) -> Problems:
        """Return problems posed in this version's operations.

        Raises:
            UnknownOperation: The version does not know a sign; `index` says which.
        """
        a, signs, b = columns
        if isinstance(signs, RepeatedSigns):
            op = self._encode(signs)
        else:
            op = self.operations.encode(signs)
        return Problems(self.operations, np.asarray(a, np.float64), op, np.asarray(b, np.float64))

    def _encode(self, signs: RepeatedSigns) -> Indices:
        """Return the positions of n signs, looking each different one up once."""
        try:
            positions = self.operations.encode(signs.distinct)
        except UnknownOperation as error:
            error.index = int((signs.rows == error.index).argmax())  # of the distinct, now of all
            raise
        return positions[signs.rows]

    def _test(self) -> None:
        """Answer the manifest's probe and compare."""
        probe = self.manifest.probe
        promised = np.array(probe.predictions)
        answered = self.predict(self.pose(Columns(probe.a, probe.op, probe.b)))
        allowed = probe.tolerance_of_each * np.maximum(1, abs(promised))
        wrong = abs(answered - promised) > allowed
        if wrong.any():
            row = int(wrong.argmax())
            raise CorruptArtifact(
                f"expected {self.manifest.model} version {self.manifest.version} to answer "
                f"{promised[row]} to {probe.a[row]} {probe.op[row]} {probe.b[row]}, within "
                f"{allowed[row]}. Received: {answered[row]}"
            )

    def _warm(self, rows: int) -> None:
        """Run what requests will run, so that none of them pays for a first time."""
        probe = self.manifest.probe
        columns = Columns(rows * probe.a[:1], rows * probe.op[:1], rows * probe.b[:1])
        self.predict(self.pose(columns))


def load_predictor(
    artifact: Artifact,
    open_runtime: OpenRuntime,
    batching: Batching | None = None,
    observe: Observe | None = None,
) -> Predictor:
    """Load a verified version and make sure that it answers as it should.

    Raises:
        CorruptArtifact: It cannot be loaded, or answers otherwise than its manifest promises.
        TimeoutError: It takes too long to answer.
        OSError: The system refused something: what it has no room for today it may have tomorrow.
        MemoryError: As OSError.
    """
    manifest = as_calculation(artifact.manifest)
    signature = manifest.signature
    try:
        scaler = Scaler.model_validate_json(artifact.read(SCALER_JSON))
        encoder = FeatureEncoder(scaler, signature.operation_set, signature.dtype)
        _check_width(signature.width, encoder.width, artifact)
        runtime = open_runtime(artifact)
        digest = artifact.manifest_sha256
        return Predictor(manifest, encoder, runtime, batching, observe, digest=digest)
    except (TabuadaError, OSError, MemoryError):
        raise
    except RunTimedOut as error:
        raise TimeoutError(str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise CorruptArtifact(
            f"expected a fitted scaler in {artifact.folder / SCALER_JSON}. "
            f"Received: one that fails: {describe_error(first)}"
        ) from error
    except Exception as error:  # a runtime's own, which share no class: all mean the same here
        logger.warning("The runtime says of %s: %s", artifact.folder, error)
        raise CorruptArtifact(
            f"expected a network that can be run in {artifact.folder}. Received: one that is not "
            "(what its runtime says of it is in the log). Restore it, or publish the version again"
        ) from error


def _check_width(width: int, encoded: int, artifact: Artifact) -> None:
    if width != encoded:
        raise CorruptArtifact(
            f"expected as many features from {artifact.folder / SCALER_JSON} as the network reads: "
            f"{width}. Received: {encoded}. Restore it, or publish the version again"
        )
