"""The reports of the versions that ship, beside them in `docs/reports/`, in both languages.

A version is never rewritten, and these were published with reports in English alone.
"""

from pathlib import Path

import pytest

from tests.trainer.test_report import SHIPPED
from trainer.cli import main

REPORTS = SHIPPED.parent / "docs" / "reports"


@pytest.mark.parametrize("model", ["mlp", "arithmetic"])
def test_shipped_report_is_the_one_that_the_command_writes(model: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert main(["report", f"{model}/1", "--artifacts", str(SHIPPED), "--output", str(path)]) == 0
    written = path.read_text("utf-8")
    assert "lang=pt-BR" in written
    same = (REPORTS / f"{model}-1.html").read_text("utf-8") == written
    assert same, (
        f"expected docs/reports/{model}-1.html as the command writes it. Received: another. Run "
        f"`python -m trainer report {model}/1 --output docs/reports/{model}-1.html`"
    )
