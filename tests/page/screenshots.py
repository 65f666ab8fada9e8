"""Takes the pictures of the web page that the README shows."""

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser

from tests.browser import start_browser
from tests.page.opening import open_view
from tests.service.serving import ROOT, Server

_SIZE = {"width": 1280, "height": 1120}


class Shot(NamedTuple):
    """One picture.

    Attributes:
        view: What the address says after `#/`.
        drawn: What is there once the view is complete.
        locale: Language of the browser.
        color_scheme: Light or dark.
    """

    view: str
    drawn: str
    locale: str
    color_scheme: str


SHOTS = {
    "calculate": Shot("calculate?expression=9 ÷ 0.12", ".calculate-mark", "en-US", "light"),
    "explore": Shot("explore?operation=/&range=2", ".explore-mark[x]", "pt-BR", "dark"),
}


def take(browser: Browser, url: str, names: Iterable[str], folder: Path) -> None:
    """Take pictures of a running service, each as `<name>.png`.

    Args:
        browser: A browser.
        url: The service.
        names: Which ones.
        folder: Where to put them; made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        view, drawn, locale, color_scheme = SHOTS[name]
        options = {"locale": locale, "color_scheme": color_scheme, "viewport": _SIZE}
        with open_view(browser, url, view, **options) as visit:
            visit.page.locator(drawn).first.wait_for(state="attached")
            visit.page.wait_for_load_state("networkidle")
            visit.page.screenshot(path=folder / f"{name}.png")


def main() -> None:
    """Start a service and a browser, and take the pictures that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHOTS)}; or all")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs", help="where to put them")
    options = parser.parse_args()
    unknown = set(options.names) - set(SHOTS)
    if unknown:
        parser.error(f"expected names out of {', '.join(SHOTS)}. Received: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as work, start_browser() as browser:
        server = Server(ROOT / "artifacts", Path(work) / "log", default_model="arithmetic")
        try:
            server.wait_ready()
            take(browser, server.url, options.names or SHOTS, options.folder)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
