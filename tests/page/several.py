"""A service with several versions, whose cards are worth reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tests.service.serving import Server
from tests.service.tiny import fit_network, publish_tiny

HOSTILE = """# <img src=x onerror="document.title='taken'">
<script>document.title = 'taken'</script>
[press](javascript:document.title='taken') ![x](https://example.org/x.png) <https://example.org>

| a | b |
| --- | --- |
| `<b>` | **<i onclick=alert(1)>** | more | than | there | is |
"""


EVERYTHING = """# One

Two words, `code`, **strong** and *soft*, 2 * 3 * 4,
on two lines.
- a dot
- another,
  on two lines

1. first
2. second

```sh
# no heading
make run
```
## Two ##
| a | b |
|---|:-:|
| `c` | d |

End.
"""


@contextmanager
def serve_several(folder: Path) -> Iterator[Server]:
    """Serve three versions of `mlp`, `stable` at 2.

    Args:
        folder: An empty one. The card of version 1 has all of Markdown that is read, that of
            version 3 means harm.
    """
    store = Store(folder / "artifacts")
    for version, units, card in ((1, 96, EVERYTHING), (2, 96, "Short."), (3, 80, HOSTILE)):
        work = folder / f"work{version}"
        work.mkdir()
        (work / "MODEL_CARD.md").write_text(card, encoding="utf-8")
        publish_tiny(store, work, fit_network(version, units))
    set_label(store, "mlp", "stable", 2)
    server = Server(folder / "artifacts", folder / "log")
    try:
        server.wait_ready()
        yield server
    finally:
        server.stop()
