"""Tests of presets, configuration files and overrides."""

from pathlib import Path

import numpy as np
import pytest

from tabuada.arithmetic.problems import sample_problems
from trainer.cli import main
from trainer.errors import ConfigInvalid
from trainer.presets import list_presets, load_config, read_config
from trainer.spaces import Range
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.families.mlp.space import MlpSpace

BROKEN = {
    "unknown key": ("search.trialz=3", "search.trialz: expected a key out of"),
    "unknown section": ("serch.trials=3", "serch: expected a key out of"),
    "no trials": ("search.trials=0", "search.trials: expected a value greater than 0. Received: 0"),
    "empty range": ("data.range=[1.0, 1.0]", "data.range: expected a finite interval"),
    "reversed range": ("data.range=[5.0, -5.0]", "Received: [5.0, -5.0]"),
    "empty interval": (
        "space.learning_rate={min = 0.1, max = 0.1}",
        "space.learning_rate: expected min below max",
    ),
    "log from zero": (
        'space.l2_reg={min = 0.0, max = 0.1, sampling = "log"}',
        "space.l2_reg: expected min above 0",
    ),
    "no choice": ("space.activation=[]", "space.activation: expected one or more values"),
    "shares past one": ("data.test_share=0.9", "data: expected validation_share + test_share"),
    "unknown operation": (
        'data.operations=["+", "^"]',
        'data.operations: expected an operation out of + - * /. Received: "^"',
    ),
    "unknown optimizer": ('space.optimizer=["sgd"]', "space.optimizer.0: expected rmsprop"),
    "not a number": ("fit.epochs=many", 'fit.epochs: expected a whole number. Received: "many"'),
    "dropout of all": ("space.dropout_rate=[1.0]", "space.dropout_rate: expected values in [0, 1)"),
    "no divisor left": ("data.clip_divisor=0.05", "expected an interval that reaches beyond"),
    "no magnitude left": (
        'data={operands="log_uniform", min_magnitude=20.0}',
        "data: expected an interval that reaches beyond 0 by 20.0. Received: [-10.0, 10.0]",
    ),
    "a magnitude of zero": ("data.min_magnitude=0.0", "data.min_magnitude: expected a value great"),
    "a size of zero": ("data.asinh_inputs=[0.0]", "data.asinh_inputs.0: expected a value greater"),
    "a size twice": ("data.asinh_inputs=[1.0, 1.0]", "data.asinh_inputs: expected each size once"),
    "results that float32 cannot square": (
        "data.range=[-1e10, 1e10]",
        "config: expected a range whose results are up to 2e+19, so that float32 holds",
    ),
    "no such sampling": ("data.operands=normal", "data.operands: expected uniform or log_uniform"),
    "a penalty beside least squares": (
        'space.optimizer=["levenberg_marquardt"]',
        "space: expected no l2_reg beside levenberg_marquardt",
    ),
    "too few samples": ("data.samples=10", "data: expected at least 20 samples"),
    "no such task": ("task=chess", 'task: expected one of calculation. Received: "chess"'),
    "a task that is no name": ("task=[1]", "task: expected one of calculation. Received: [1]"),
    "no such family": ("space.family=forest", "space: expected `family` to be mlp or arithmetic."),
    "a family that is no name": ("space.family=[1]", "space: expected `family` to be mlp or"),
    "no table": ("space=3", "space: expected a table. Received: 3"),
    "no such metric": ("fit.monitor=val_x", "fit: expected `monitor` to be val_loss or val_mae."),
    "bad model name": ("model=../up", "model: expected a name"),
}


@pytest.mark.parametrize("preset", ["arithmetic", "default", "magnitudes", "quick", "seed", "wide"])
def test_preset_loads(preset: str) -> None:
    assert load_config(preset).preset == preset


def test_presets_are_all_listed() -> None:
    assert list_presets() == ["arithmetic", "default", "magnitudes", "quick", "seed", "wide"]


def test_seed_preset_is_the_published_protocol() -> None:
    config = as_calculation_config(load_config("seed"))
    assert config.seed == 42
    assert (config.data.samples, config.data.range) == (10_000, (-10.0, 10.0))
    assert (config.data.validation_share, config.data.test_share) == (0.2, 0.2)
    assert (config.data.clip_divisor, config.data.min_divisor) == (0.6, 0.1)
    assert isinstance(config.space, MlpSpace)
    assert config.space.num_layers == (3, 4, 5)
    assert config.space.num_neurons == (128, 256)
    assert config.space.activation == ("relu", "leaky_relu", "tanh")
    assert config.space.optimizer == ("rmsprop", "adagrad", "nadam")
    assert config.space.learning_rate == Range(min=0.05, max=0.1)
    assert config.space.l2_reg == Range(min=0.001, max=0.01, sampling="log")
    assert config.space.dropout_rate == (0.0, 0.1, 0.2)
    assert (config.search.algorithm, config.search.trials, config.search.factor) == (
        "random", 15, 3,
    )  # fmt: skip
    assert (config.fit.epochs, config.fit.batch_size, config.fit.patience) == (100, 32, 5)


@pytest.mark.parametrize(("override", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_value_is_refused_in_one_line_before_anything_is_written(
    override: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code = main(
        ["run", "--preset", "seed", "--set", override, "--artifacts", str(tmp_path / "store")]
    )
    error = capsys.readouterr().err
    assert code == 2
    assert message in error
    assert "Received: " in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
    assert not Path("runs").exists()


def test_unknown_key_beside_an_unknown_family_is_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["run", "--set", "data.sampels=3", "--set", "space.family=forest"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: data.sampels: expected a key out of samples, operations")
    assert said.endswith("(and 1 more)\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("[search\n", "expected TOML", id="not TOML"),
        pytest.param("[search]\ntrials = 0\n", "search.trials", id="broken value"),
        pytest.param(None, "expected a readable TOML file", id="missing"),
    ],
)
def test_broken_file_is_refused(
    content: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    if content is not None:
        file.write_text(content)
    assert main(["run", "--config", str(file), "--artifacts", str(tmp_path / "store")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


def test_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigInvalid, match="default, magnitudes, quick, seed, wide"):
        load_config("fast")


def test_file_replaces_preset_and_override_replaces_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("seed = 7\n[search]\ntrials = 4\n[space]\nlearning_rate = [0.01]\n")
    config = load_config("seed", file, ["search.trials=5", "search.algorithm=bayesian"])
    assert (config.seed, config.search.trials, config.search.algorithm) == (7, 5, "bayesian")
    assert isinstance(config.space, MlpSpace)
    assert config.space.learning_rate == (0.01,)
    assert config.fit.epochs == 100  # untouched


@pytest.mark.parametrize("command", ["run", "search", "fit", "evaluate", "publish", "label"])
def test_help_describes_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--artifacts" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("overrides", "least"),
    [
        pytest.param([], 0.1, id="as published"),
        pytest.param(["data.range=[-100, 100]"], 1, id="a hundred"),
        pytest.param(["data.range=[-1000, 5]"], 10, id="lopsided"),
        pytest.param(["data.range=[-1e-3, 1e-3]"], 1e-5, id="tiny"),
        pytest.param(["data.range=[-100, 100]", "data.min_divisor=0.1"], 0.1, id="told"),
        pytest.param(["data.range=[-1e6, 1e6]", "data.operands=log_uniform"], 0.1, id="logarithm"),
        pytest.param(["data.range=[-1e6, 1e6]", "data.divisors=log_uniform"], 1e4, id="divisors"),
    ],
)
def test_least_divisor_goes_with_the_range(overrides: list[str], least: float) -> None:
    config = as_calculation_config(load_config("quick", None, overrides))
    assert config.data.min_divisor == least
    assert config.data.distribution.domain("/").min_divisor == least
    assert as_calculation_config(read_config(config.model_dump(mode="json"))) == config


def test_family_that_reads_raw_operands_takes_no_added_inputs() -> None:
    with pytest.raises(ConfigInvalid, match=r"no asinh_inputs for the family arithmetic"):
        load_config("arithmetic", None, ["data.asinh_inputs=[1.0]"])


@pytest.mark.parametrize(
    ("greatest", "decimals"), [(1000, 2), (10, 2), (1, 2), (0.5, 3), (0.001, 5)]
)
def test_small_ranges_are_shown_with_more_decimals(greatest: float, decimals: int) -> None:
    overrides = [f"data.range=[-{greatest}, {greatest}]"]
    data = as_calculation_config(load_config("quick", None, overrides)).data
    drawn = sample_problems(data.operation_set, 100, data.distribution, 1)
    rounded = data.round(drawn, 2)
    np.testing.assert_array_equal(rounded.a, drawn.a.round(decimals))
    assert len(set(rounded.a)) > 80
