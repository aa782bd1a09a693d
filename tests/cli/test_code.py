"""``qifu code``: exit codes, JSON and what it needs, as docs/cli.md says."""

import base64
import io
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import qrcode

from desktop.cli.main import main
from desktop.messages.codes import ANSWERS, REASONS
from domain.codes.building import presentation_text
from domain.codes.revocation import sign_revocation_list
from domain.codes.slips import Slip, SlipOf, slip_text
from domain.codes.trust import sign_trust_list
from domain.codes.verdict import Answer, Reason
from services.station import open_station, reads
from services.trust import take_trust, trust_of
from tests.code_minting import (
    DEVICE,
    HOLDER,
    ISSUERS,
    NOW,
    NOW_S,
    REVOCATIONS,
    ROOT,
    USCC,
    public,
    qym,
    shown,
)


@reads
def site_code(uow: Any, clock: Any, actor: Any) -> str:
    return str(trust_of(uow).site)


Qifu = Callable[..., tuple[int, str, str]]
AT = "2026-11-18T11:06:40Z"


def test_the_time_used_here_is_the_credentials_own() -> None:
    assert datetime.fromisoformat(AT).timestamp() == NOW_S


@pytest.fixture
def qifu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qifu:
    """Runs ``qifu code`` in this process: exit code, stdout, stderr."""

    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "code", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    file = tmp_path / "trust.json"
    raw = {
        name: base64.b64encode(public(of).raw).decode() for name, of in (("root", ROOT), ("device", DEVICE))
    }
    document = {
        "root": raw["root"],
        "trust_list": sign_trust_list(ISSUERS, ROOT),
        "revocation_list": sign_revocation_list(REVOCATIONS, ROOT),
        "devices": [{"device": "desk-1", "public_key": raw["device"]}],
    }
    file.write_text(json.dumps(document), "utf-8")
    return file


def verify(qifu: Qifu, *arguments: object, stdin: bytes = b"") -> tuple[int, dict[str, Any]]:
    code, out, err = qifu("verify", *arguments, "--json", stdin=stdin)
    assert err == ""
    return code, json.loads(out)


def test_valid_is_0_with_what_it_says(qifu: Qifu, trust: Path) -> None:
    code, document = verify(qifu, qym(), "--trust", trust, "--now", AT)
    assert (code, document["verdict"], document["reasons"]) == (0, "valid", [])
    assert (document["issuer"], document["subject"]) == ("杭州市企业服务中心", USCC)
    assert document["claims"]["name"] == "杭州蓝鲸智能装备有限公司"


def test_a_time_without_a_zone_is_utc(qifu: Qifu, trust: Path) -> None:
    late = "2027-02-16T11:06:40"
    code, document = verify(qifu, qym(), "--trust", trust, "--now", late)
    assert code == 1
    assert "expired" in document["reasons"]
    just_before = verify(qifu, qym(), "--trust", trust, "--now", "2027-02-16T11:06:39")
    assert "expired" not in just_before[1]["reasons"]


def test_invalid_is_1(qifu: Qifu, trust: Path) -> None:
    code, document = verify(qifu, qym(expires_at=NOW), "--trust", trust, "--now", AT)
    assert (code, document["verdict"], document["reasons"]) == (1, "invalid", ["expired"])


def test_without_trust_nobody_is_trusted(qifu: Qifu) -> None:
    code, document = verify(qifu, qym(), "--now", AT)
    assert (code, document["verdict"], document["reasons"]) == (3, "cannot_tell", ["unknown_issuer"])
    assert (document["issuer"], document["subject"], document["claims"]) == (None, None, {})


def test_from_stdin_as_a_scanner_sends_it(qifu: Qifu, trust: Path) -> None:
    code, document = verify(qifu, "-", "--trust", trust, "--now", AT, stdin=qym().encode() + b"\r\n")
    assert (code, document["verdict"]) == (0, "valid")


def test_much_from_stdin_is_not_read_to_the_end(qifu: Qifu) -> None:
    code, document = verify(qifu, "-", stdin=b"x" * 100_000)
    assert (code, document["reasons"]) == (1, ["too_large"])


def test_stdin_that_is_no_text(qifu: Qifu) -> None:
    code, out, err = qifu("verify", "-", "--json", stdin=b"\xff\xfe")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (USCC, 3, "identifier_only"),
        (USCC[:-1] + "C", 1, "bad_check_digit"),
        (f"https://www.gsxt.gov.cn/?c={USCC}", 3, "identifier_only"),
        ("https://example.com/", 1, "not_a_code"),
        ("", 1, "not_a_code"),
    ],
)
def test_what_is_not_signed(qifu: Qifu, text: str, code: int, reason: str) -> None:
    answered, document = verify(qifu, text)
    assert (answered, document["reasons"]) == (code, [reason])


def test_a_presentation_is_remembered_across_runs(qifu: Qifu, trust: Path, tmp_path: Path) -> None:
    text = presentation_text(shown(), HOLDER)
    common = (text, "--trust", trust, "--now", AT)
    assert verify(qifu, *common)[1]["reasons"] == ["replay_unknown"]
    seen = tmp_path / "seen"
    assert verify(qifu, *common, "--seen", seen)[0] == 0
    code, document = verify(qifu, *common, "--seen", seen)
    assert (code, document["reasons"]) == (1, ["replayed"])
    verify(qifu, USCC, "--seen", seen, "--now", "2026-11-18T11:20:00Z")
    assert list(seen.iterdir()) == []


def test_the_site_it_is_shown_to(qifu: Qifu, trust: Path, tmp_path: Path) -> None:
    text = presentation_text(shown(audience="QJXC"), HOLDER)
    common = (text, "--trust", trust, "--now", AT, "--seen", tmp_path / "seen")
    assert verify(qifu, *common)[1]["reasons"] == ["site_unknown"]
    assert verify(qifu, *common, "--site", "BJ01")[1]["reasons"] == ["other_site"]
    assert verify(qifu, *common, "--site", "QJXC")[0] == 0


def test_a_slip(qifu: Qifu, trust: Path) -> None:
    slip = Slip(
        of=SlipOf.CASE, id="01938c1e-7b1c-7000-8000-000000000001", number="QJ1", site="Q", accepted_at=NOW
    )
    code, document = verify(qifu, slip_text(slip, DEVICE), "--trust", trust, "--now", AT)
    assert (code, document["subject"], document["claims"]["of"]) == (0, "QJ1", "case")


def test_a_stations_own_trust_site_and_memory(qifu: Qifu, trust: Path, station_home: Path) -> None:
    station = open_station(station_home)
    station.call(take_trust, trust.read_bytes())
    site = station.call(site_code)
    station.close()
    here = ("--home", station_home, "--now", AT)
    assert verify(qifu, qym(), *here)[0] == 0
    text = presentation_text(shown(audience=site), HOLDER)
    assert [verify(qifu, text, *here)[0] for _ in range(2)] == [0, 1]


def test_no_station_there_is_bad_input_and_none_is_made(qifu: Qifu, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    code, out, err = qifu("verify", qym(), "--home", missing, "--json")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert not missing.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--profile", "XX"),
        ("--now", "gestern"),
        ("--trust", "/nowhere/trust.json"),
    ],
)
def test_bad_input_is_2_with_one_sentence(qifu: Qifu, arguments: tuple[str, str]) -> None:
    code, out, err = qifu("verify", qym(), *arguments, "--json")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_broken_trust_file_is_2(qifu: Qifu, tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    file.write_text("{}", "utf-8")
    code, out, err = qifu("verify", qym(), "--trust", file)
    assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_without_json_people_read_sentences(qifu: Qifu, trust: Path) -> None:
    code, out, err = qifu("verify", qym(expires_at=NOW), "--trust", trust, "--now", AT)
    assert (code, err) == (1, "")
    assert out.splitlines()[1] == REASONS[Reason.EXPIRED]


def test_every_answer_and_reason_has_its_sentence() -> None:
    assert set(ANSWERS) == set(Answer)
    assert set(REASONS) == set(Reason)
    assert len(set(REASONS.values())) == len(REASONS)


def test_read_a_picture(qifu: Qifu, tmp_path: Path) -> None:
    file = tmp_path / "code.png"
    qrcode.make(qym()).save(file)
    code, out, err = qifu("read", file, "--json")
    assert (code, err, json.loads(out)["texts"]) == (0, "", [qym()])
    assert qifu("read", file)[1] == qym() + "\n"


def test_a_picture_without_a_code_is_3(qifu: Qifu, tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "empty.png"
    Image.new("L", (80, 80), 255).save(file)
    code, out, err = qifu("read", file, "--json")
    assert (code, err, json.loads(out)["texts"]) == (3, "", [])


def test_what_is_no_picture_is_2(qifu: Qifu, tmp_path: Path) -> None:
    file = tmp_path / "x.png"
    for content in (b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(40)):
        file.write_bytes(content)
        code, out, err = qifu("read", file, "--json")
        assert (code, out, len(err.splitlines())) == (2, "", 1)
    code, out, err = qifu("read", tmp_path / "none.png")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
