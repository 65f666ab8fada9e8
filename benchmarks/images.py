"""Builds every image from nothing and tells its size and the time that it took.

    python -m benchmarks.images                                  all of them
    python -m benchmarks.images --images tabuada-service         one of them

Needs a Docker engine. Nothing is taken from its cache; packages come over the network, so times
depend on that as well. The images stay, under the names that the compose files give them.
"""

import argparse
import csv
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.rendering import RESULTS

ROOT = Path(__file__).parents[1]
BASE = "python:3.12-slim-bookworm"
VARIANTS = {
    "tabuada-service": ("service", "serve"),
    "tabuada-trainer": ("trainer", "train"),
    "tabuada-trainer:ray": ("trainer", "train-ray"),
    "tabuada-service:gpu": ("service", "serve-gpu"),
    "tabuada-trainer:gpu": ("trainer", "train-gpu"),
}
COLUMNS = ("image", "lock", "added_mb", "total_mb", "build_s", "base", "engine")


def main() -> int:
    """Build, tabulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--result", type=Path, default=RESULTS / "images.csv")
    options = parser.parse_args()
    rows = read(options.result)
    for image in options.images:
        rows[image] = measure(image)
        print(rows[image], flush=True)
        write(options.result, [rows[image] for image in VARIANTS if image in rows])
    return 0


def measure(image: str) -> dict[str, str]:
    """Build an image and return its row."""
    target, lock = VARIANTS[image]
    arguments = (f"LOCK={lock}", f"PIP_INDEX_URL={os.environ.get('PIP_INDEX_URL', '')}")
    begin = time.monotonic()
    run_docker(
        *("build", "--no-cache", "--target", target, "--tag", image),
        *(f"--build-arg={argument}" for argument in arguments),
        str(ROOT),
    )
    seconds = time.monotonic() - begin
    total, base = (read_size(name) for name in (image, BASE))
    return {
        "image": image,
        "lock": lock,
        "added_mb": f"{(total - base) / 1e6:.0f}",
        "total_mb": f"{total / 1e6:.0f}",
        "build_s": f"{seconds:.0f}",
        "base": f"{BASE}, {base / 1e6:.0f} MB",
        "engine": run_docker("version", "--format", "{{.Server.Version}}"),
    }


def read_size(image: str) -> int:
    """Return the bytes of an image, with what it has from its base."""
    return int(run_docker("image", "inspect", "--format", "{{.Size}}", image))


def read(path: Path) -> dict[str, dict[str, str]]:
    """Return the rows that are there already, by image: what is not built now stays."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["image"]: row for row in csv.DictReader(file)}


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def run_docker(*arguments: str) -> str:
    """Run a docker command and return what it prints; what it says of its progress goes on."""
    done = subprocess.run(["docker", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
