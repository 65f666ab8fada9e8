"""What metrics tell of the versions that answer."""

import pytest

from service.metrics import Metrics
from tabuada.manifests.identity import Identity


@pytest.mark.parametrize(
    ("old", "new", "result", "backward"),
    [
        ((1, "a", "2026-01-02"), (2, "b", "2026-01-01"), "switched", 0),
        ((2, "a", "2026-01-02"), (1, "b", "2026-01-03"), "switched", 1),
        ((1, "a", "2026-01-02"), (1, "b", "2026-01-01"), "replaced", 1),
        ((1, "a", "2026-01-02"), (1, "b", "2026-01-03"), "replaced", 0),
    ],
    ids=["on", "back", "restored", "published anew"],
)
def test_version_that_went_backwards_is_counted(
    old: tuple[int, str, str], new: tuple[int, str, str], result: str, backward: int
) -> None:
    metrics = Metrics()
    metrics.switched("mlp", None, Identity(*old))
    shown = metrics.render().decode()
    assert 'tabuada_backward_swaps_total{model="mlp"} 0.0' in shown
    before = 1 if result == "switched" else 0  # the first one was a switch
    metrics.switched("mlp", Identity(*old), Identity(*new))
    shown = metrics.render().decode()
    assert f'tabuada_backward_swaps_total{{model="mlp"}} {backward}.0' in shown
    assert f'tabuada_swaps_total{{model="mlp",result="{result}"}} {before + 1}.0' in shown
    for identity, workers in ((old, 0), (new, 1)):
        labels = f'digest="{identity[1]}",model="mlp",version="{identity[0]}"'
        assert f"tabuada_active_digest{{{labels}}} {workers}.0" in shown
