"""The one place that turns problems into answers. Knows nothing of HTTP, nor of its bodies."""

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import anyio.to_thread

from service.tasks.calculation.answer import Answer
from service.tasks.calculation.columns import Question
from service.tasks.calculation.evaluation import Evaluator
from service.tasks.calculation.predictor import Predictor
from service.work_queue import WorkQueue
from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems
from tabuada.errors import ProblemError

T = TypeVar("T")


class DataPlane:
    """Answers problems with loaded versions, and chooses how.

    Ordinary problems are answered without the words for what could be wrong, others with them; both
    on the event loop and together with those of other requests. Many are answered in a thread:
    there, a thread costs less than the network. One that takes long gets one of those threads at a
    time, so that the others are left to other networks.

    Args:
        evaluations: Where evaluations wait for their turn.
        inline_rows: Rows up to which an answer is computed without a thread of its own.
        observe_answer: Told model, version, rows, and rows outside the trained range.
    """

    def __init__(
        self,
        evaluations: WorkQueue,
        inline_rows: int,
        observe_answer: Callable[[str, int, int, int], None],
    ) -> None:
        self._evaluator = Evaluator(evaluations)
        self._inline_rows = inline_rows
        self._observe_answer = observe_answer

    async def answer(
        self,
        predictor: Predictor,
        question: Question,
        render: Callable[[Answer], T],
        *,
        exact: bool = False,
    ) -> T:
        """Answer problems.

        Args:
            predictor: The version that answers.
            question: The problems.
            render: What becomes of the answer; called where it was computed.
            exact: Whether exact values and absolute errors are wanted too.

        Returns:
            What `render` returns.

        Raises:
            ProblemError: A problem cannot be read or answered; `index` says which.
            Overloaded: Too many rows wait for their turn already.
            DeadlineExceeded: The turn did not come in time.
            RunTimedOut: The network took too long.
        """
        if question.rows > self._inline_rows:
            compute = partial(self._answer_here, predictor, question, render, exact)
            if predictor.turns is None:
                return await anyio.to_thread.run_sync(compute)
            async with predictor.turns.turn(math.inf):
                return await anyio.to_thread.run_sync(compute)
        columns = question.read_columns()
        answer = await predictor.answer_plainly(columns, exact=exact)
        if answer is None:
            problems = predictor.pose(columns)
            predictions = await predictor.predict_soon(problems)
            answer = predictor.complete(problems, predictions, exact=exact)
        return self._finish(predictor, answer, render)

    def answer_at_once(
        self,
        predictor: Predictor,
        question: Question,
        render: Callable[[Answer], T],
        *,
        exact: bool = False,
    ) -> T | None:
        """Answer a few ordinary problems on the spot, as `answer` would.

        Returns:
            What `render` returns; None where they are not ordinary, are many, or there may be
            others to run them with.
        """
        if question.rows > self._inline_rows:
            return None
        try:
            columns = question.read_columns()
        except ProblemError:
            return None  # the long way finds the words
        answer = predictor.answer_at_once(columns, exact=exact)
        return None if answer is None else self._finish(predictor, answer, render)

    def _answer_here(
        self, predictor: Predictor, question: Question, render: Callable[[Answer], T], exact: bool
    ) -> T:
        problems = predictor.pose(question.read_columns())
        predictions = predictor.predict_observed(problems)
        answer = predictor.complete(problems, predictions, exact=exact)
        return self._finish(predictor, answer, render)

    def _finish(self, predictor: Predictor, answer: Answer, render: Callable[[Answer], T]) -> T:
        manifest = predictor.manifest
        self._observe_answer(
            manifest.model, manifest.version, len(answer.predictions), len(answer.outside)
        )
        return render(answer)

    async def evaluate(
        self,
        predictor: Predictor,
        blocks: Iterable[Problems],
        expected: Floats | None,
        timeout_s: float,
    ) -> ErrorReport:
        """Answer problems and compare; see `Evaluator.evaluate`."""
        return await self._evaluator.evaluate(predictor, blocks, expected, timeout_s)
