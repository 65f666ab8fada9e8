"""What is recorded of how long a run took: over all attempts, whatever became of each."""

import os
from pathlib import Path

import pytest

from tests.trainer.conftest import TINY
from trainer.attempts import WHOLE, record_run, timing
from trainer.presets import load_config
from trainer.results.provenance import find_processor, name_processor
from trainer.run import Run

EXAMPLES = {"training": 3, "validation": 1, "test": 1}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path, load_config("seed", TINY))


def tell(run: Run, *lines: str, touched: float | None = None) -> None:
    path = run.folder / "attempts.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    if touched is not None:
        os.utime(path, (touched, touched))


def begin(stage: str, at: float, processor: str = "One") -> str:
    return f'{{"begin": "{stage}", "at": {at}, "cores": 2, "processors": ["{processor}"]}}'


def end(stage: str, seconds: float, complete: bool = True) -> str:
    return f'{{"end": "{stage}", "seconds": {seconds}, "complete": {str(complete).lower()}}}'


def test_durations_are_summed_over_attempts(run: Run) -> None:
    tell(
        run,
        begin(WHOLE, 1000), begin("search", 1001), end("search", 9, complete=False),
        end(WHOLE, 10, complete=False),
        begin(WHOLE, 5000, "Two"), begin("search", 5001), end("search", 20.04),
        begin("fit", 5030), end("fit", 5), end(WHOLE, 30.5),
    )  # fmt: skip
    record = record_run(run, EXAMPLES)
    assert record.stages_s == {"search": 29.0, "fit": 5.0}
    assert (record.whole_s, record.interruptions, record.cores) == (40.5, 1, 2)
    assert record.processors == ("One", "Two")
    assert record.started_at == "1970-01-01T00:16:40+00:00"
    assert record.examples == EXAMPLES


def test_killed_attempt_counts_as_long_as_it_lived(run: Run) -> None:
    tell(run, begin(WHOLE, 1000), begin("search", 1002), touched=1060)
    with timing(run, WHOLE), timing(run, "search"):
        pass
    record = record_run(run, EXAMPLES)
    assert record.stages_s["search"] == pytest.approx(58, abs=0.2)
    assert record.whole_s == pytest.approx(60, abs=1)
    assert record.interruptions == 1


def test_stage_that_is_done_anew_is_counted_anew(run: Run) -> None:
    tell(
        run,
        begin("evaluate", 1000),
        end("evaluate", 70),
        begin("evaluate", 2000),
        end("evaluate", 5),
    )
    assert record_run(run, EXAMPLES).stages_s == {"evaluate": 5.0}


def test_stage_that_fails_is_recorded_and_raises(run: Run) -> None:
    with pytest.raises(KeyboardInterrupt), timing(run, "fit"):
        raise KeyboardInterrupt
    assert record_run(run, EXAMPLES).interruptions == 1


def test_run_is_told_while_a_stage_is_under_way(run: Run) -> None:
    with timing(run, WHOLE), timing(run, "evaluate", ["A GPU"]):
        record = record_run(run, EXAMPLES, ["Elsewhere"])
    assert set(record.stages_s) == {"evaluate"}
    assert record.interruptions == 0
    assert record.processors == (find_processor(), "A GPU", "Elsewhere")


@pytest.mark.parametrize(
    "line",
    ["{", "null", "[]", '{"begin": 3}', '{"end": "fit", "seconds": 1e999, "complete": true}',
     '{"begin": "fit", "at": -1, "cores": 0, "processors": 1}', "\x00"],
)  # fmt: skip
def test_damaged_lines_cost_nothing_but_themselves(line: str, run: Run) -> None:
    tell(run, begin("search", 1000), line, end("search", 7))
    assert record_run(run, EXAMPLES).stages_s == {"search": 7.0}


def test_run_without_a_record_is_told_all_the_same(run: Run) -> None:
    record = record_run(run, EXAMPLES)
    assert record.stages_s == {}
    assert record.processors == (find_processor(),)


def test_stage_runs_where_nothing_can_be_written(run: Run) -> None:
    (run.folder / "attempts.jsonl").mkdir()
    with timing(run, "fit"):
        done = True
    assert done


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("model name\t: Intel(R) Xeon(R)\nflags\t\t: fpu sse2 avx avx2 avx512f\n",
         "Intel(R) Xeon(R), AVX-512"),
        ("model name\t: Old\nflags\t: fpu sse2 avx\n", "Old, AVX"),
        ("model name : First\nflags : avx2\n\nmodel name : Second\nflags : avx\n", "First, AVX2"),
        ("model name : Plain\n", "Plain"),
        ("", ""),
        ("no colon", ""),
    ],
)  # fmt: skip
def test_processor_is_named_with_its_vectors(text: str, name: str) -> None:
    assert name_processor(text) == name
