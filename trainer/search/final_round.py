"""The last round of a search: its best trials once more, for longer."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from trainer.config import TrainerConfig
from trainer.search.event_log import append_event, read_log
from trainer.search.plan import finals_repeat_trials
from trainer.trial import TrialResult, TrialTask, name_final


class FinalRound:
    """Tries the best trials again with the epochs of a final, and takes their results.

    Short trials are cheap and tell most combinations apart, but favour networks that learn fast
    over those that end up better. This is the last step of successive halving (Jamieson and
    Talwalkar, 2016).

    Args:
        config: Says how many of them and for how long.
        folder: The search's folder; the finals have a log of their own there.
        ranking: Results of the trials, best first.

    Attributes:
        results: So far, in the order they ended, those of an interrupted search included.
    """

    def __init__(self, config: TrainerConfig, folder: Path, ranking: Sequence[TrialResult]) -> None:
        self._log = folder / "finals.jsonl"
        self.results = read_final_results(config, folder)
        done = {result.trial for result in self.results}
        finalists = 0 if finals_repeat_trials(config) else config.search.finalists
        best = [result for result in ranking if not result.failed][:finalists]
        tasks = (
            TrialTask(name_final(result.trial), result.values, config.final_epochs)
            for result in best
        )
        self._tasks = [task for task in tasks if task.trial not in done]

    def propose(self) -> Iterator[TrialTask]:
        """Yield what is still to be tried."""
        yield from self._tasks

    def record(self, result: TrialResult) -> None:
        """Take what came of a final."""
        append_event(self._log, {"result": asdict(result)})
        self.results.append(result)


def read_final_results(config: TrainerConfig, folder: Path) -> list[TrialResult]:
    """Return the results that a search's log of finals holds, in the order they ended."""
    events = read_log(folder / "finals.jsonl", config)
    return [event for event in events if isinstance(event, TrialResult)]
