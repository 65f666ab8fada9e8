"""The tables about searches that are large or run on more than one machine."""

from collections.abc import Sequence

from benchmarks.rendering import read_json, render

SIDES = {"ray": "Ray", "local": "this machine alone", "empty": "Ray, trials that do nothing"}
TRIAL_S = 10


def make_ray_search() -> str:
    """Return what a second worker brings, and what a trial costs beside itself."""
    result = read_json("ray_search.json")
    rows = [
        (
            SIDES[side["side"]],
            str(side["workers"]),
            str(side["trials"]),
            *(f"{side[name]:.1f}" for name in ("cold_s", "warm_s")),
            *(f"{side[name]:.0f}" for name in ("overhead_ms", "worst_overhead_ms")),
        )
        for side in result["sides"]
    ]
    names = ("trials run on", "workers", "trials", "cold, s", "warm, s", "overhead a trial, ms")
    return render((*names, "largest, ms"), rows) + (
        f"\n\n{result['cores']} cores. On Ray, two workers are "
        f"{result['ray_cold_ratio']:.2f} times as fast as one, cold, and "
        f"{result['ray_warm_ratio']:.2f} times, warm (to reach: 1.7); on this machine alone "
        f"{result['local_cold_ratio']:.2f} times, cold. The four tables of trials agree: "
        f"{'yes' if result['tables_agree'] else 'no'}."
    )


def make_search_driver() -> str:
    """Return the driver's time a trial, and how many workers it keeps busy."""
    rows: list[Sequence[str]] = []
    notes = []
    for search in read_json("search_driver.json")["searches"]:
        for part in search["parts"]:
            busy = int(1000 * TRIAL_S / part["ms_a_trial"])
            span = f"{part['first']:,} to {part['last']:,}"
            rows.append((search["algorithm"], span, f"{part['ms_a_trial']:.1f}", f"{busy:,}"))
        notes.append(f"{search['algorithm']} {search['resume_s']:.1f} s")
    names = ("algorithm", "trials", "driver, ms a trial", f"workers busy at {TRIAL_S} s a trial")
    return render(names, rows) + f"\n\nResumed from the log of all of them: {', '.join(notes)}."
