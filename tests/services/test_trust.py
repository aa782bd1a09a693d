"""What a station trusts: root, lists, device keys; what it refuses."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import resources
from domain.codes.claims import Purpose
from domain.codes.keys import Ed25519Signer, PublicKey
from domain.codes.revocation import RevocationList, packed, revocation_hash, sign_delta, sign_revocation_list
from domain.codes.trust import TrustedKey, TrustList, sign_trust_list
from domain.errors import AppError
from services.setup import init_station
from services.station import Station, open_station, reads
from services.trust import own_trust_file, take_trust, trust_facts, trust_of
from tests.fixed import WEDNESDAY, FixedClock


def signer(number: int) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


ROOT, ISSUER, OTHER = signer(1), signer(2), signer(3)


def public(one: Ed25519Signer) -> PublicKey:
    return PublicKey(one.key.public_key())


def raw(one: Ed25519Signer) -> str:
    return base64.b64encode(public(one).raw).decode()


def trust_list(number: int = 5, root: Ed25519Signer = ROOT) -> dict[str, Any]:
    key = public(ISSUER)
    entry = TrustedKey(key.kid, key, "云溪市监", "云溪市监", frozenset({Purpose.ENTERPRISE}))
    return sign_trust_list(TrustList(number, WEDNESDAY, WEDNESDAY + 10**9, (entry,)), root)


def revoked(number: int, *ids: bytes) -> RevocationList:
    return RevocationList(number, WEDNESDAY, WEDNESDAY + 10**9, packed(map(revocation_hash, ids)))


def body(**parts: Any) -> bytes:
    return json.dumps(parts).encode()


@pytest.fixture
def alone(station_home: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A real station, stand-alone."""
    init_station(tmp_path / "alone", site_name="高新站", site_letters="GX", clock=clock)
    opened = open_station(tmp_path / "alone", clock=clock)
    yield opened
    opened.close()


@reads
def held(uow: Any, clock: Any, actor: Any) -> Any:
    return trust_of(uow)


def refused(station: Station, content: bytes) -> str:
    with pytest.raises(AppError) as caught:
        station.call(take_trust, content)
    return caught.value.code


def test_first_file_names_the_root_and_later_ones_follow_it(alone: Station) -> None:
    alone.call(take_trust, body(root=raw(ROOT), trust_list=trust_list(5)))
    taken = alone.call(take_trust, body(trust_list=trust_list(6)))
    assert taken.trust_list == 6
    assert alone.call(held).issuers.number == 6
    assert alone.call(trust_facts).issuers == ("云溪市监",)


def test_lists_without_root_other_roots_and_older_numbers_are_refused(alone: Station) -> None:
    assert refused(alone, body(trust_list=trust_list())) == "codes.no_root"
    alone.call(take_trust, body(root=raw(ROOT), trust_list=trust_list(5)))
    assert refused(alone, body(root=raw(OTHER))) == "codes.root_differs"
    assert refused(alone, body(trust_list=trust_list(9, OTHER))) == "codes.list_signature"
    assert refused(alone, body(trust_list=trust_list(4))) == "codes.list_older"
    assert alone.call(held).issuers.number == 5


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b'{"root": "x"}', b'{"devices": 3}', b"[" * 100_000]
)
def test_what_is_no_trust_file_changes_nothing(alone: Station, content: bytes) -> None:
    assert refused(alone, content) == "codes.trust_malformed"
    assert alone.call(trust_facts).root == ""


def test_a_file_is_taken_whole_or_not_at_all(alone: Station) -> None:
    half = body(
        root=raw(ROOT), trust_list=trust_list(5), revocation_list=sign_revocation_list(revoked(1), OTHER)
    )
    assert refused(alone, half) == "codes.list_signature"
    assert alone.call(trust_facts).trust_number is None


def test_revocations_grow_by_delta_and_only_without_gap(alone: Station) -> None:
    first, second, third = revoked(1), revoked(2, b"a" * 16), revoked(3, b"b" * 16)
    alone.call(
        take_trust,
        body(root=raw(ROOT), trust_list=trust_list(), revocation_list=sign_revocation_list(first, ROOT)),
    )
    assert refused(alone, body(revocation_deltas=[sign_delta(second, third, ROOT)])) == "codes.delta_gap"
    alone.call(
        take_trust, body(revocation_deltas=[sign_delta(first, second, ROOT), sign_delta(second, third, ROOT)])
    )
    now = alone.call(held).revocations
    assert now.number == 3
    assert b"b" * 16 in now
    assert b"a" * 16 not in now


def test_a_real_station_refuses_demonstration_material(alone: Station) -> None:
    shipped = resources.path("demo/codes/trust.json").read_bytes()
    without_its_mark = json.dumps({**json.loads(shipped), "demo": False}).encode()
    for content in (shipped, without_its_mark, body(root=raw(OTHER), demo=True)):
        assert refused(alone, content) == "codes.demo_material"


def test_every_station_has_a_key_and_tells_only_its_public_half(alone: Station, station: Station) -> None:
    content = alone.call(own_trust_file)
    assert station.call(take_trust, content).new_devices == 1
    assert station.call(take_trust, content).new_devices == 0
    (entry,) = json.loads(content)["devices"]
    assert set(entry) == {"device", "site", "public_key"}
    kids = {key.kid for key in station.call(held).devices}
    assert {key.kid for key in alone.call(held).devices} < kids


def test_a_station_of_an_early_program_gets_its_key_when_it_is_opened(
    alone: Station, clock: FixedClock
) -> None:
    def drop(uow: Any, clock: Any, actor: Any) -> None:
        uow.connection.exec_driver_sql("DELETE FROM device_secret")

    before = alone.call(own_trust_file)
    alone.call(drop)
    alone.close()
    opened = open_station(alone.home, clock=clock)
    entries = json.loads(opened.call(own_trust_file))["devices"]
    opened.close()
    assert len(entries) == 2, "slips of the earlier key stay genuine"
    assert json.loads(before)["devices"][0] in entries


def test_trust_lasts_beyond_the_process(alone: Station, clock: FixedClock) -> None:
    alone.call(take_trust, body(root=raw(ROOT), trust_list=trust_list(5)))
    alone.close()
    opened = open_station(alone.home, clock=clock)
    assert opened.call(held).issuers.number == 5
    opened.close()
