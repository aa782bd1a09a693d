"""The tool that writes golden events: what it made is kept, and nothing waits to be written."""

from pathlib import Path

import pytest

from tools import make_golden_events

GOLDEN = Path(__file__).parents[1] / "data" / "events"


def test_every_golden_event_that_the_tool_makes_is_kept() -> None:
    made = [name for name, _ in make_golden_events.golden()]
    assert len(made) == len(set(made))
    assert set(made) <= {file.stem for file in GOLDEN.glob("*.json")}


def test_a_file_that_is_there_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_golden_events, "FOLDER", tmp_path)
    (tmp_path / "case_accepted-1.json").write_text("as it was written once", "utf-8")
    make_golden_events.main()
    assert (tmp_path / "case_accepted-1.json").read_text("utf-8") == "as it was written once"
    ticket = (tmp_path / "ticket_issued-1.json").read_bytes()
    assert ticket == (GOLDEN / "ticket_issued-1.json").read_bytes()
