"""Codes for demonstrations: complete where they belong, worth nothing anywhere else."""

import json
from pathlib import Path

import pytest

import resources
from domain.codes.building import credential_bytes, presentation_text
from domain.codes.claims import Presentation
from domain.codes.recognise import read
from domain.codes.trust import Trust
from domain.codes.trust_files import read_trust
from domain.codes.verdict import Answer, Reason, Verdict
from domain.codes.verification import LearnedTime
from domain.errors import AppError
from services.demo_codes import fill_demo_codes, fill_demo_codes_once, make_demo_codes
from services.setup import init_station
from services.station import Station, open_station
from services.trust import take_trust, verify_here
from tests.fixed import WEDNESDAY, FixedClock

SHIPPED = resources.path("demo/codes")
CREDENTIALS = json.loads((SHIPPED / "credentials.json").read_text("utf-8"))
# The shipped codes were made on 22 November 2026.
LATER = 1_800_000_000_000


def judged(text: str, trust: Trust, ms: int = LATER) -> Verdict:
    return read(text, trust=trust, now=LearnedTime(ms))


def test_what_is_shipped_holds_no_secret() -> None:
    assert {file.name for file in SHIPPED.iterdir()} == {"trust.json", "credentials.json"}
    for file in SHIPPED.iterdir():
        assert "PRIVATE" not in file.read_text("utf-8")


def test_shipped_credentials_show_every_state() -> None:
    trust = read_trust((SHIPPED / "trust.json").read_bytes())
    expected = {"valid": (), "revoked": (Reason.REVOKED,), "expired": (Reason.EXPIRED,)}
    for one in CREDENTIALS:
        assert judged(one["text"], trust).reasons == expected[one["state"]]
    assert {one["state"] for one in CREDENTIALS} == set(expected)


def test_a_station_that_does_not_trust_them_cannot_tell() -> None:
    verdict = judged(CREDENTIALS[0]["text"], Trust())
    assert (verdict.answer, verdict.reasons) == (Answer.CANNOT_TELL, (Reason.UNKNOWN_ISSUER,))


@pytest.fixture
def demo(station_home: Path, clock: FixedClock) -> Station:
    station = open_station(station_home, clock=clock)
    yield station
    station.close()


def test_a_demonstration_centre_trusts_its_own_issuer_alone(demo: Station, station_home: Path) -> None:
    folder = demo.call(fill_demo_codes, station_home)
    credentials = json.loads((folder / "credentials.json").read_text("utf-8"))
    own = [demo.call(verify_here, one["text"], None, None).answer for one in credentials]
    assert own == [Answer.VALID] * (len(own) - 2) + [Answer.INVALID] * 2
    other = demo.call(verify_here, make_demo_codes(WEDNESDAY).credentials[0]["text"], None, None)
    assert other.reasons == (Reason.UNKNOWN_ISSUER,)


def test_its_holder_can_show_a_code_once(demo: Station, station_home: Path) -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from domain.codes.keys import Ed25519Signer

    folder = demo.call(fill_demo_codes, station_home)
    text = json.loads((folder / "credentials.json").read_text("utf-8"))[0]["text"]
    holder = Ed25519Signer(load_pem_private_key((folder / "holder.pem").read_bytes(), None))
    shown = presentation_text(Presentation(WEDNESDAY, b"twelve-bytes", "*", credential_bytes(text)), holder)
    answers = [demo.call(verify_here, shown, None, None).answer for _ in range(2)]
    assert answers == [Answer.VALID, Answer.INVALID]


def test_a_real_station_takes_in_neither(tmp_path: Path, clock: FixedClock) -> None:
    init_station(tmp_path / "own", site_name="云溪园区服务站", site_letters="YX", clock=clock)
    station = open_station(tmp_path / "own", clock=clock)
    try:
        for body in (
            (SHIPPED / "trust.json").read_bytes(),
            json.dumps(make_demo_codes(WEDNESDAY).trust).encode(),
        ):
            with pytest.raises(AppError, match="demo_material"):
                station.call(take_trust, body)
    finally:
        station.close()


def test_codes_are_made_once_and_only_for_a_demonstration(station_home: Path, demo: Station) -> None:
    assert demo.call(fill_demo_codes_once, station_home) is not None
    assert demo.call(fill_demo_codes_once, station_home) is None
