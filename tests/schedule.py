"""Which tests share a process when several run side by side, and which of these begin first.

Fixtures that take seconds to make (a trained version, a cluster, a server of object storage, a
browser) are made once a process, so the tests that share one stay together. What takes longest
begins first: begun last it would run alone.

xdist's own groups hang on a part of pytest that 9.2 took away, and are then passed over without a
word; the scheduler here asks `find_group` instead.
"""

# The first that a test's name begins with names its group; every other file is one of its own.
_FUZZED = "tests/service/test_fuzz_"
_DRAWN = f"{_FUZZED}openapi.py::test_twenty_thousand_requests_are_answered_as_described"
_SPOILED = f"{_FUZZED}bodies.py::test_spoiled_request_is_answered"
_AMONG_HOSTILE = f"{_FUZZED}bodies.py::test_good_answers_stay_right_among_hostile_requests"
GROUPS = {
    "tests/test_make_run.py": "make run",
    # Minutes in one process: several share them.
    **{f"{_DRAWN}[{part}]": f"drawn requests {part}" for part in range(4)},
    **{f"{_SPOILED}[{path}-2000]": "spoiled bodies" for path in ("predict", "evaluate", "infer")},
    f"{_AMONG_HOSTILE}[100]": "hostile company",
    "tests/service/test_fuzz_openapi.py": "fuzzed description",
    "tests/service/test_fuzz_bodies.py": "fuzzed bodies",
    "tests/page/": "browser",
    # A browser begins in a third of a second: what is not about the views has one of its own.
    "tests/service/test_docs_pages.py": "addresses in a browser",
    "tests/description/test_docs.py": "addresses in a browser",
    "tests/description/": "description",
    "tests/service/test_origins.py": "addresses in a browser",
    "tests/service/test_prefix.py": "addresses in a browser",
    "tests/service/test_upgrade.py": "addresses in a browser",
    "tests/trainer/test_ranges.py": "networks",
    "tests/trainer/test_ray": "ray",
    "tests/trainer/test_arithmetic.py": "networks",
    "tests/trainer/test_epoch.py": "networks",
    "tests/trainer/test_export.py": "trained",
    "tests/trainer/test_mlp.py": "networks",
    "tests/trainer/test_report": "trained",
    "tests/trainer/test_resumed_fit.py": "networks",
    "tests/trainer/test_rounding.py": "networks",
    "tests/trainer/test_run": "trained",
    "tests/trainer/test_unwritable.py": "trained",
    "tests/trainer/test_refusals.py": "networks",
    "tests/trainer/test_search.py": "networks",
    "tests/trainer/test_task.py": "networks",
    "tests/trainer/test_loading.py": "networks",
    "tests/test_benchmarks.py": "ray",
    "tests/service/test_lasting_tensorflow.py": "tensorflow",
    "tests/service/test_tensorflow_runtime.py": "tensorflow",
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
    "make run", "ray", "browser", "networks", "trained", "s3", "fuzzed bodies", "tensorflow",
    "addresses in a browser", "description", "client", "spoiled bodies", "drawn requests 0",
    "drawn requests 1", "drawn requests 2", "drawn requests 3", "hostile company",
    "fuzzed description", "kubernetes",
)  # fmt: skip


def find_group(test: str) -> str:
    """Return the group of a test.

    Args:
        test: Its name as pytest gives it, which begins with its file, relative to the repository.
    """
    file = test.partition("::")[0]
    if file.endswith(".js"):  # Node's, which need no browser
        return file
    return next((group for start, group in GROUPS.items() if test.startswith(start)), file)


def find_rank(group: str) -> int:
    """Return when a group begins: lower ones earlier."""
    return LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)
