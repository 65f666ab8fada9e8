"""Tests of the groups that the suite runs in."""

from pathlib import Path

from tests import schedule

ROOT = Path(__file__).parents[1]


def test_every_group_has_tests() -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    named = {schedule.find_group(path) for path in files} - {path.as_posix() for path in files}
    assert named == set(schedule.GROUPS.values()) == set(schedule.LONGEST_FIRST)


def test_longest_groups_begin_before_a_file_of_its_own() -> None:
    ranks = [schedule.find_rank(group) for group in (*schedule.LONGEST_FIRST, "tests/test_x.py")]
    assert ranks == sorted(set(ranks))
