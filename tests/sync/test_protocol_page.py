"""The pages of the protocol say what the program does: every message field by field, every refusal by its code."""

import re
from pathlib import Path

import pytest

from server.frames_http import _STATUS
from sync.protocol_access import AccessCode
from tools.make_protocol_messages import MODULES, PAGE, messages, page

ROOT = Path(__file__).parents[2]
PAGES = "".join(
    (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in ("protocol", "protocol-files", "hub")
)
REFUSED = re.compile(r'Refusal\(\s*(\d{3}), "([a-z_]+\.[a-z0-9_]+)"')


def test_the_page_of_messages_is_the_types() -> None:
    assert PAGE.read_text("utf-8") == page(), "run tools/make_protocol_messages.py"
    assert sum(len(messages(module)) for module in MODULES.values()) > 40


def told_by_routes() -> set[str]:
    found = {
        code
        for path in (ROOT / "server").rglob("*.py")
        for _, code in REFUSED.findall(path.read_text("utf-8"))
    }
    return found | set(_STATUS) | {one.value for one in AccessCode}


@pytest.mark.parametrize("code", sorted(told_by_routes() - {"metrics.not_here"}))
def test_every_refusal_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGES
