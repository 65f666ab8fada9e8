"""Which tests share a process when several run side by side, and which of these begin first.

Fixtures that take seconds to make (a trained version, a cluster, a server of object storage, a
browser) are made once a process, so the tests that share one stay together. What takes longest
begins first: begun last it would run alone.

xdist's own groups hang on a part of pytest that 9.2 took away, and are then passed over without a
word; the scheduler here asks `find_group` instead.
"""

from pathlib import Path

# The first that a test's path begins with names its group; every other file is one of its own.
GROUPS = {
    "tests/test_make_run.py": "make run",
    "tests/service/test_fuzz_openapi.py": "fuzzed description",
    "tests/service/test_fuzz_bodies.py": "fuzzed bodies",
    "tests/page/": "browser",
    "tests/service/test_docs_pages.py": "browser",
    "tests/description/test_docs.py": "browser",
    "tests/description/": "description",
    "tests/service/test_origins.py": "browser",
    "tests/service/test_prefix.py": "browser",
    "tests/service/test_upgrade.py": "browser",
    "tests/trainer/test_ray": "ray",
    "tests/trainer/test_arithmetic.py": "networks",
    "tests/trainer/test_epoch.py": "networks",
    "tests/trainer/test_export.py": "trained",
    "tests/trainer/test_mlp.py": "trained",
    "tests/trainer/test_report": "trained",
    "tests/trainer/test_run": "trained",
    "tests/trainer/test_search.py": "search",
    "tests/trainer/test_task.py": "another task",
    "tests/test_benchmarks.py": "ray",
    "tests/tabuada/remote/": "s3",
    "tests/kubernetes/test_object_store.py": "s3",
    "tests/service/test_object_storage.py": "s3",
    "tests/service/test_cache_faults.py": "s3",
    "tests/service/test_bucket_outages.py": "s3",
    "tests/kubernetes/": "kubernetes",
    "tests/tabuada/client/": "client",
}
# By what they took, longest first; the others follow as they were collected.
LONGEST_FIRST = (
    "make run", "browser", "trained", "search", "another task", "networks", "ray",
    "fuzzed description", "kubernetes", "fuzzed bodies", "s3", "description", "client",
)  # fmt: skip


def find_group(path: Path) -> str:
    """Return the group of a test.

    Args:
        path: Its file, relative to the repository.
    """
    name = path.as_posix()
    if path.suffix == ".js":  # Node's, which need no browser
        return name
    return next((group for start, group in GROUPS.items() if name.startswith(start)), name)


def find_rank(group: str) -> int:
    """Return when a group begins: lower ones earlier."""
    return LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)
