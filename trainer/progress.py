"""Shows how far a run has come: bars on a terminal, plain lines anywhere else."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bars

from trainer.config import Objective
from trainer.time_left import TimeLeftColumn, begin_measuring, find_task, tell_time_left
from trainer.trial import TrialResult, is_final


class Progress:
    """Writes to the console.

    Args:
        console: Where to; standard output where not given.
        trial_epochs: Greatest number of epochs of a trial, where it is known.
        final_epochs: That of a final.
    """

    def __init__(
        self,
        console: Console | None = None,
        *,
        trial_epochs: int | None = None,
        final_epochs: int | None = None,
    ) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._trial_epochs, self._final_epochs = trial_epochs, final_epochs

    def say(self, text: str) -> None:
        """Write one line."""
        self._console.print(text, markup=False)

    @contextmanager
    def searching(
        self,
        total: int | None,
        parallel: int,
        done: Sequence[TrialResult],
        searched: Sequence[str],
        objective: Objective,
    ) -> Iterator["SearchWatch"]:
        """Show a search: one bar for the trials, one for each trial that is running.

        Args:
            total: Trials in all, None where the algorithm decides as it goes.
            parallel: Trials at a time.
            done: Results of an earlier, interrupted search.
            searched: The hyperparameters that it varies, told for each trial.
            objective: What trials are judged by.
        """
        resumed = f", {len(done)} of them done before" if done else ""
        self.say(
            f"Search: {total or 'as many as Hyperband plans'} trials{resumed}, {parallel} at a time"
        )
        self.say(f"  after the colon: {', '.join(searched)}")
        with self._bars() as bars:
            yield SearchWatch(
                bars,
                total=total,
                done=done,
                searched=searched,
                objective=objective,
                count_epochs=self._count_epochs,
            )

    @contextmanager
    def fitting(self, epochs: int, objective: Objective) -> Iterator["FitWatch"]:
        """Show a fit: one bar for its epochs."""
        self.say(f"Fit: the best hyperparameters, up to {epochs} epochs")
        with self._bars() as bars:
            yield FitWatch(bars, epochs, objective)

    @contextmanager
    def evaluating(self, answers: int, evaluated: str) -> Iterator["EvaluationWatch"]:
        """Show an evaluation: one bar for the answers of the networks.

        Args:
            answers: How many.
            evaluated: What they answer.
        """
        self.say(f"Evaluation: {answers:,} answers to {evaluated}")
        with self._bars() as bars:
            yield EvaluationWatch(bars, answers)

    def _count_epochs(self, trial: str) -> int | None:
        return self._final_epochs if is_final(trial) else self._trial_epochs

    def _bars(self) -> Bars:
        return Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeLeftColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )


class SearchWatch:
    """Is told of the epochs and results of a search."""

    def __init__(
        self,
        bars: Bars,
        *,
        total: int | None,
        done: Sequence[TrialResult],
        searched: Sequence[str],
        objective: Objective,
        count_epochs: Callable[[str], int | None],
    ) -> None:
        self._bars = bars
        self._count_epochs = count_epochs
        self._ended = len(done)
        self._total = total
        self._searched = searched
        self._objective = objective
        scores = [r.metrics[objective.name] for r in done if not r.failed]
        self._best = min(scores, key=objective.rank, default=math.nan)
        self._bar = bars.add_task("trials", total=total, completed=len(done), note="", partial=0.0)
        self._running: dict[str, TaskID] = {}

    def on_epoch(self, trial: str, epoch: int, metrics: dict[str, float]) -> None:
        """Show a running trial's epoch."""
        if trial not in self._running:
            epochs = self._count_epochs(trial)
            self._running[trial] = self._bars.add_task(f"  trial {trial}", total=epochs, note="")
        note = f"{self._objective.name} {metrics[self._objective.name]:.4g}"
        self._bars.update(self._running[trial], completed=epoch, note=note)
        self._bars.update(self._bar, partial=self._sum_running())
        begin_measuring(self._bars, self._running[trial])
        begin_measuring(self._bars, self._bar)

    def on_result(self, result: TrialResult) -> None:
        """Show what came of a trial."""
        if result.trial in self._running:
            self._bars.remove_task(self._running.pop(result.trial))
        self._ended += 1
        of = f"/{self._total}" if self._total else ""
        lead = f"  trial {result.trial} ({self._ended}{of})"
        name = self._objective.name
        if result.failed:
            line = f"{lead} FAILED: {result.reason}"
        else:
            score = result.metrics[name]
            self._best = min(score, self._best, key=self._objective.rank)
            line = (
                f"{lead} {name} {score:<9.4g} best {self._best:<9.4g} "
                f"{result.epochs} epochs in {result.seconds:.1f} s: {self._summarize(result)}"
            )
        note = "" if math.isnan(self._best) else f"best {name} {self._best:.4g}"
        partial = self._sum_running()
        self._bars.update(self._bar, completed=self._ended, note=note, partial=partial)
        line += _end_line(self._bars, self._bar)
        self._bars.console.print(line, markup=False, highlight=False)

    def _sum_running(self) -> float:
        """Return how many trials' worth of work the running ones have done."""
        running = set(self._running.values())
        return sum(t.completed / t.total for t in self._bars.tasks if t.id in running and t.total)

    def _summarize(self, result: TrialResult) -> str:
        values = (result.values[name] for name in self._searched)
        return " ".join(f"{v:.4g}" if isinstance(v, float) else str(v) for v in values)


class FitWatch:
    """Is told of the epochs of a fit."""

    def __init__(self, bars: Bars, epochs: int, objective: Objective) -> None:
        self._bars = bars
        self._names = (objective.metric, objective.name)
        self._epochs = epochs
        self._bar = bars.add_task("epochs", total=epochs, note="")

    def on_epoch(self, epoch: int, metrics: dict[str, float]) -> None:
        """Show an epoch; on no terminal, every tenth of them as a line."""
        note = " ".join(f"{name} {metrics[name]:.4g}" for name in self._names)
        self._bars.update(self._bar, completed=epoch, note=note)
        begin_measuring(self._bars, self._bar)
        if self._bars.disable and epoch % max(1, self._epochs // 10) == 0:
            end = _end_line(self._bars, self._bar)
            line = f"  epoch {epoch}/{self._epochs} {note}{end}"
            self._bars.console.print(line, highlight=False)


class EvaluationWatch:
    """Is told of the problems that were answered."""

    def __init__(self, bars: Bars, problems: int) -> None:
        self._bars = bars
        self._bar = bars.add_task("answers", total=problems, note="")

    def on_answers(self, problems: int) -> None:
        """Show that so many more were answered."""
        self._bars.update(self._bar, advance=problems)
        begin_measuring(self._bars, self._bar)

    def on_step(self, what: str) -> None:
        """Show what is done next."""
        self._bars.update(self._bar, note=what)
        if self._bars.disable:
            self._bars.console.print(f"  {what}", highlight=False)


def _end_line(bars: Bars, bar: TaskID) -> str:
    """Return what a line adds where there is no bar to look at: the time left."""
    left = tell_time_left(find_task(bars, bar))
    return f" ({left})" if bars.disable and left else ""
