"""Tests of the groups that the suite runs in."""

from pathlib import Path

from tests import schedule

ROOT = Path(__file__).parents[1]


def test_every_group_has_tests() -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    tests = [path.as_posix() for path in files]
    for start in schedule.GROUPS:
        file, named, test = start.partition("::")
        if named:  # a test, or one of its parameters
            assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text("utf-8"), start
            tests.append(start)
    named_groups = {schedule.find_group(test) for test in tests} - set(tests)
    assert named_groups == set(schedule.GROUPS.values()) == set(schedule.LONGEST_FIRST)


def test_parts_of_a_file_are_groups_of_their_own() -> None:
    whole = schedule.find_group("tests/service/test_fuzz_bodies.py")
    assert schedule.find_group("tests/service/test_fuzz_bodies.py::test_x[predict-40]") == whole
    spoiled = "tests/service/test_fuzz_bodies.py::test_spoiled_request_is_answered"
    assert schedule.find_group(f"{spoiled}[predict-40]") == whole
    assert schedule.find_group(f"{spoiled}[predict-2000]") == "spoiled bodies"


def test_longest_groups_begin_before_a_file_of_its_own() -> None:
    ranks = [schedule.find_rank(group) for group in (*schedule.LONGEST_FIRST, "tests/test_x.py")]
    assert ranks == sorted(set(ranks))
