"""The command line: `python -m trainer run|search|fit|evaluate|publish|report|list|…`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tabuada.artifacts.publishing import check_writable
from tabuada.artifacts.store import Store
from tabuada.errors import BadKey, BadLocation, TabuadaError
from tabuada.manifests.files import TRAINING
from trainer.attempts import WHOLE, timing
from trainer.config import TrainerConfig
from trainer.environment import importing
from trainer.errors import ConfigInvalid
from trainer.interruption import INTERRUPTED, interruptible
from trainer.other_runs import describe_other_runs
from trainer.presets import list_presets, load_config
from trainer.progress import Progress
from trainer.report_command import add_report_command
from trainer.results.summary import find_before, print_summary
from trainer.run import Run, open_run
from trainer.run_files import check_before
from trainer.search.search import choose_workers, run_search
from trainer.store_commands import add_store_commands
from trainer.tasks import find_task

_EPILOG = """\
A preset is a complete configuration; --config puts a TOML file over it, --set single values
over both. Sections and keys are those of the files in trainer/presets/.

  python -m trainer run --preset seed
  python -m trainer run --preset default --seed 7 --set fit.epochs=300
  python -m trainer run --set 'space.activation=["tanh", "silu"]' --trials 30
  python -m trainer search --preset seed && python -m trainer fit --preset seed

An interrupted command goes on where it stopped when it is given again with the same options.
Exit codes: 0 done, 1 the run failed, 2 bad configuration (nothing was written), 130 interrupted.
"""
_SHORTCUTS = {
    "model": "model",
    "seed": "seed",
    "trials": "search.trials",
    "algorithm": "search.algorithm",
    "parallel": "search.parallel",
    "epochs": "fit.epochs",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Without the program's name; those of the process where not given.

    Returns:
        The exit code.
    """
    options = _build_parser().parse_args(arguments)
    try:
        with interruptible():
            options.act(options)
    except (ConfigInvalid, BadKey, BadLocation) as error:
        return _fail(error, 2)
    except TabuadaError as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)  # noqa: T201
        return 130
    return 0


def _train(options: argparse.Namespace) -> None:
    """Run one stage or all of them, of one preset after the other."""
    overrides = list(options.set)
    for name, key in _SHORTCUTS.items():
        value = getattr(options, name)
        if value is not None:
            overrides.append(f"{key}={value}")
    presets = options.preset.split(",")
    # All of them before the first begins: a mistake shows at once.
    configs = [load_config(preset, options.config, overrides) for preset in presets]
    store = Store(options.artifacts, options.cache)
    for config in configs:
        if options.if_missing and store.versions(config.model):
            Console().print(f"{config.model} is in {store.location} already; nothing to do")
        else:
            _run_stages(config, store, options)


def _run_stages(config: TrainerConfig, store: Store, options: argparse.Namespace) -> None:
    progress = Progress(trial_epochs=config.trial_epochs, final_epochs=config.final_epochs)
    wanted = [options.stage] if options.stage != "run" else ["search", "fit", "evaluate", "publish"]
    if "publish" in wanted:
        check_writable(store)  # better now than after an hour's training
    start = choose_workers(options.ray)
    with open_run(config, options.runs) as run, timing(run, WHOLE):
        progress.say(
            f"Preset {config.preset}, model {config.model}, seed {config.seed}; "
            f"working in {run.folder}"
        )
        for line in describe_other_runs(run):
            progress.say(line)
        if "search" in wanted:
            best = run_search(run, progress, start)[0]
            name = config.objective.name
            progress.say(f"  best: trial {best.trial}, {name} {best.metrics[name]:.4g}")
            wanted.remove("search")
        if wanted:
            _run_later_stages(wanted, run, store, progress)


def _run_later_stages(wanted: list[str], run: Run, store: Store, progress: Progress) -> None:
    check_before(run, wanted[0])
    with importing():
        from trainer import stages  # noqa: PLC0415 -- imports TensorFlow, which takes seconds
        from trainer.fitting import configure_tensorflow  # noqa: PLC0415

    configure_tensorflow()
    task = find_task(run.config.task)
    for stage in wanted:
        if stage == "fit":
            stages.run_fit(run, progress)
        elif stage == "evaluate":
            metrics = stages.run_evaluate(run, store, progress)
            progress.say(f"  {task.headline} {task.find_headline(metrics):.4g}")
            if stage == wanted[-1]:  # publishing moves it
                progress.say(f"Report: {run.version / TRAINING / 'report.html'}")
        else:
            with timing(run, stage):
                manifest, folder = stages.run_publish(run, store, progress)
            before = find_before(manifest, store, task.list_differences_of_data)
            table = task.tabulate_metrics(manifest, before.manifest)
            print_summary(manifest, store, folder / "tensorboard", table, before.note)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description="Teaches neural networks arithmetic and publishes what they learned.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    shared = _shared_options()
    for name, text in {
        "run": "search, fit, evaluate and publish",
        "search": "search hyperparameters",
        "fit": "fit the best hyperparameters of a finished search",
        "evaluate": "evaluate the fitted network; write tables, plots and report",
        "publish": "export, prove that all runtimes agree, and publish a version",
    }.items():
        command = commands.add_parser(
            name,
            help=text,
            description=text.capitalize() + ".",
            parents=[shared],
            epilog=_EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(act=_train, stage=name)
    for command in (*add_store_commands(commands), add_report_command(commands)):
        _add_artifacts(command)
    return parser


def _shared_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--preset",
        default="default",
        help=f"{', '.join(list_presets())}, or several with commas between (default: default)",
    )
    shared.add_argument("--config", type=Path, metavar="FILE.toml", help="values over the preset's")
    shared.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="one value over preset and file, as TOML writes it; may be repeated",
    )
    for name, key in _SHORTCUTS.items():
        shared.add_argument(f"--{name}", help=f"short for --set {key}=…")
    shared.add_argument(
        "--runs",
        type=Path,
        default=Path(os.environ.get("TABUADA_RUNS", "runs")),
        help="folder for work in progress and TensorBoard logs (TABUADA_RUNS, else runs)",
    )
    shared.add_argument(
        "--ray",
        metavar="ADDRESS",
        default=os.environ.get("TABUADA_RAY"),
        help="search on the Ray cluster that this machine is a node of: auto, or HOST:PORT "
        "(TABUADA_RAY, else on this machine alone)",
    )
    shared.add_argument(
        "--if-missing",
        action="store_true",
        help="do nothing when the store has a version of the model already",
    )
    _add_artifacts(shared)
    return shared


def _add_artifacts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--artifacts",
        default=os.environ.get("TABUADA_ARTIFACTS", "artifacts"),
        metavar="FOLDER|URL",
        help="the store, such as s3://bucket/folder (TABUADA_ARTIFACTS, else artifacts)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=os.environ.get("TABUADA_CACHE"),
        metavar="FOLDER",
        help="folder for the versions of a URL (TABUADA_CACHE, else tabuada in the user's cache)",
    )


def _fail(error: Exception, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)  # noqa: T201 -- a command line's message
    return code
