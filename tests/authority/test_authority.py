"""The issuing authority from root to revocation; a station reads what it publishes."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authority import issuing, register
from authority.main import main
from authority.secrets_store import load_key, public_of, save_key, signer_of
from domain.codes.keys import Algorithm
from domain.codes.profiles import QYM1, QYP1
from domain.codes.recognise import read
from domain.codes.replay import InMemoryReplay
from domain.codes.revocation import apply_delta
from domain.codes.trust import Trust
from domain.codes.trust_files import read_trust
from domain.codes.verdict import Answer, Reason, Verdict
from domain.codes.verification import LearnedTime
from domain.errors import AppError
from tests.code_minting import DAY, NOW, USCC

Run = Callable[..., Any]
AT = ("--now", "2026-11-18T11:06:40Z")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``qifu-authority``: the JSON it prints, or the sentence it refuses with."""

    def call(*arguments: object) -> Any:
        monkeypatch.setattr(sys, "argv", ["qifu-authority", *map(str, arguments)])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        out, err = capsys.readouterr()
        if code == 0:
            return json.loads(out)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        return err

    return call


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Path:
    """A folder with a root, one key, a holder and one credential."""
    folder = tmp_path / "office"
    run("root", "--dir", folder)
    run("key", "main", "--dir", folder, "--issuer", "签发机关", "--purpose", "enterprise", *AT)
    run("holder", folder / "phone.pem")
    return folder


def issue(run: Run, office: Path, **options: str) -> dict[str, Any]:
    flags = {
        "key": "main",
        "uscc": USCC,
        "name": "杭州蓝鲸智能装备有限公司",
        "holder": office / "phone.pem",
    } | options
    pairs = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return run("issue", "--dir", office, *pairs, "--licence", f"营业执照,{USCC},valid,2040-01-01", *AT)


def published(run: Run, office: Path, *more: object) -> Trust:
    file = office / "trust.json"
    run("publish", "--dir", office, "--out", file, *more, *AT)
    return read_trust(file.read_bytes())


def judged(text: str, trust: Trust, ms: int = NOW) -> Verdict:
    return read(text, trust=trust, now=LearnedTime(ms), replay=InMemoryReplay())


def test_from_root_to_verdict(run: Run, office: Path) -> None:
    made = issue(run, office)
    verdict = judged(made["text"], published(run, office))
    assert (verdict.answer, verdict.subject, verdict.issuer) == (Answer.VALID, USCC, "签发机关")
    assert verdict.kind == QYM1.name


def test_a_presentation_for_demonstration(run: Run, office: Path) -> None:
    text = issue(run, office)["text"]
    shown = run("present", text, "--holder", office / "phone.pem", *AT)["text"]
    verdict = judged(shown, published(run, office))
    assert (verdict.answer, verdict.kind) == (Answer.VALID, QYP1.name)


def test_revocation_reaches_a_station_by_list_and_by_delta(run: Run, office: Path, tmp_path: Path) -> None:
    made, other = issue(run, office), issue(run, office)
    before = published(run, office)
    run("revoke", made["id"], "--dir", office, *AT)
    assert judged(made["text"], before).answer is Answer.VALID
    delta = tmp_path / "delta.json"
    after = published(run, office, "--delta", delta)
    assert judged(made["text"], after).reasons == (Reason.REVOKED,)
    assert judged(other["text"], after).answer is Answer.VALID
    assert before.revocations is not None
    root = public_of(load_key(office / "root.key"))
    assert apply_delta(json.loads(delta.read_text("utf-8")), root, before.revocations) == after.revocations


def test_numbers_only_grow(run: Run, office: Path) -> None:
    first, second = published(run, office), published(run, office)
    assert [one.issuers and one.issuers.number for one in (first, second)] == [1, 2]
    assert [one.revocations and one.revocations.number for one in (first, second)] == [1, 2]
    assert first.issuers is not None
    assert first.issuers.next_update == NOW + 7 * DAY


def test_keys_are_kept_by_purpose(run: Run, office: Path) -> None:
    assert "main" in issue(run, office, purpose="agent")
    run("key", "agents", "--dir", office, "--issuer", "签发机关", "--purpose", "agent", *AT)
    made = issue(run, office, purpose="agent", key="agents")
    assert judged(made["text"], published(run, office)).answer is Answer.VALID


def test_es256_for_authorities_that_need_it(run: Run, office: Path) -> None:
    run(
        "key",
        "p256",
        "--dir",
        office,
        "--issuer",
        "签发机关",
        "--purpose",
        "enterprise",
        "--algorithm",
        "ES256",
        *AT,
    )
    assert signer_of(load_key(office / "p256.key")).algorithm is Algorithm.ES256
    made = issue(run, office, key="p256")
    assert judged(made["text"], published(run, office)).answer is Answer.VALID


def test_a_revoked_credential_leaves_the_list_when_it_expires(run: Run, office: Path) -> None:
    made = issue(run, office, days="1")
    run("revoke", made["id"], "--dir", office, *AT)
    document = issuing.publish(office, now_ms=NOW + 2 * DAY)["file"]
    found = read_trust(json.dumps(document).encode()).revocations
    assert found is not None
    assert len(found) == 0
    assert found


REFUSALS: dict[str, Callable[[Run, Path], Any]] = {
    "a second root": lambda run, office: run("root", "--dir", office),
    "no folder": lambda run, office: run("show", "--dir", office / "none"),
    "a name twice": lambda run, office: run(
        "key", "main", "--dir", office, "--issuer", "x", "--purpose", "agent"
    ),
    "the root's name": lambda run, office: run(
        "key", "root", "--dir", office, "--issuer", "x", "--purpose", "agent"
    ),
    "a name that is a path": lambda run, office: run(
        "key", "../x", "--dir", office, "--issuer", "x", "--purpose", "agent"
    ),
    "a purpose for devices": lambda run, office: run(
        "key", "y", "--dir", office, "--issuer", "x", "--purpose", "slip"
    ),
    "an unknown algorithm": lambda run, office: run(
        "key", "y", "--dir", office, "--issuer", "x", "--purpose", "agent", "--algorithm", "none"
    ),
    "an unknown key": lambda run, office: issue(run, office, key="nobody"),
    "a wrong credit code": lambda run, office: issue(run, office, uscc="91330100799655058C"),
    "a name too long": lambda run, office: issue(run, office, name="字" * 150),
    "an unknown credential": lambda run, office: run("revoke", "00", "--dir", office),
    "no credential to present": lambda run, office: run("present", "HC1:A", "--holder", office / "phone.pem"),
    "a wrong option": lambda run, office: run("publish", "--nowhere"),
    "a wrong time": lambda run, office: run("revoke", "00", "--dir", office, "--now", "soon"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_refused_with_one_sentence(run: Run, office: Path, what: str) -> None:
    before = register.load(office)
    assert isinstance(REFUSALS[what](run, office), str)
    assert register.load(office) == before


def test_secrets_are_for_the_owner_alone(office: Path) -> None:
    for file in office.glob("*.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_with_a_passphrase_the_key_is_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_PASSPHRASE", "correct horse")
    file = tmp_path / "x.key"
    save_key(file, issuing.make_key())
    assert b"ENCRYPTED" in file.read_bytes()
    load_key(file)
    monkeypatch.setenv("QIFU_PASSPHRASE", "wrong")
    with pytest.raises(AppError, match="unreadable"):
        load_key(file)


def test_nothing_is_issued_that_the_register_does_not_hold(
    office: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(register, "save", full)
    with pytest.raises(OSError, match="disk full"):
        issue(run, office)


def test_the_program_starts_by_itself_and_imports_no_desk() -> None:
    program = (
        "import sys, authority.main; "
        "print([name for name in sys.modules if name.split('.')[0] in ('desktop', 'db', 'services', 'PySide6')])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=os.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
