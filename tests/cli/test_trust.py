"""``qifu trust``: the contract of docs/cli.md."""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.cli.main import main
from domain.codes.trust import sign_trust_list
from services.setup import init_station
from tests.code_minting import ISSUERS, ROOT, public
from tests.fixed import FixedClock

Qifu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qifu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Qifu:
    """Runs ``qifu trust`` at a station of its own: exit code, stdout, stderr."""
    home = tmp_path / "home"
    init_station(home, site_name="高新站", site_letters="GX", clock=FixedClock())

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "trust", *arguments, "--home", str(home)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_import_show_export(qifu: Qifu, tmp_path: Path) -> None:
    code, out, _ = qifu("show", "--json")
    assert (code, json.loads(out)["trust_list"], json.loads(out)["devices"]) == (3, None, 1)
    file = tmp_path / "trust.json"
    root = base64.b64encode(public(ROOT).raw).decode()
    file.write_text(json.dumps({"root": root, "trust_list": sign_trust_list(ISSUERS, ROOT)}), "utf-8")
    code, out, _ = qifu("import", str(file), "--json")
    assert (code, json.loads(out)) == (
        0,
        {"trust_list": 7, "revocation_list": None, "new_devices": 0, "changed": []},
    )
    assert qifu("show")[0] == 0
    code, _, _ = qifu("export", "--out", str(tmp_path / "key.json"))
    assert code == 0
    assert len(json.loads((tmp_path / "key.json").read_bytes())["devices"]) == 1


@pytest.mark.parametrize("content", ["", "[]", '{"root": 1}'])
def test_a_bad_file_is_refused_with_a_sentence(qifu: Qifu, tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content, "utf-8")
    code, out, err = qifu("import", str(file))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert qifu("import", str(tmp_path / "missing.json"))[0] == 2
