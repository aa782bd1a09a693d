"""Trust list and revocation list: signed by the root, numbered, brought up to date by deltas."""

import base64
import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codes import revocation, signed_documents, trust
from domain.codes.keys import PublicKey
from domain.codes.profiles import QYM1
from domain.codes.revocation import (
    RevocationList,
    apply_delta,
    open_revocation_list,
    packed,
    revocation_hash,
    sign_delta,
    sign_revocation_list,
)
from domain.codes.signed_documents import sign_document
from domain.codes.trust import open_trust_list, sign_trust_list
from domain.codes.trust_files import read_trust
from domain.codes.verdict import Answer, Reason
from domain.codes.verification import verify
from domain.errors import AppError
from tests.code_minting import (
    CLOCK,
    CREDENTIAL_OF_TEST,
    ISSUERS,
    NOW,
    REVOCATIONS,
    ROOT,
    STRANGER,
    public,
    qym,
)

ROOT_KEY = public(ROOT)
RAW_ROOT = base64.b64encode(ROOT_KEY.raw).decode()
NEWER = replace(REVOCATIONS, number=6, hashes=packed([b"revoked1", b"revoked3"]))


def code_of(action: Any) -> str:
    with pytest.raises(AppError) as refused:
        action()
    return refused.value.code


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document))


def test_lists_survive_the_way() -> None:
    assert open_trust_list(through_json(sign_trust_list(ISSUERS, ROOT)), ROOT_KEY) == ISSUERS
    assert (
        open_revocation_list(through_json(sign_revocation_list(REVOCATIONS, ROOT)), ROOT_KEY) == REVOCATIONS
    )


def test_a_list_signed_by_another_is_refused() -> None:
    for signed in (
        sign_trust_list(ISSUERS, STRANGER),
        sign_trust_list(ISSUERS, ROOT) | {"signature": "AAAA"},
    ):
        assert code_of(lambda signed=signed: open_trust_list(signed, ROOT_KEY)) == "codes.list_signature"


@pytest.mark.parametrize("field", ["number", "issued_at", "next_update", "kind"])
def test_one_changed_field_breaks_the_signature(field: str) -> None:
    signed = through_json(sign_revocation_list(REVOCATIONS, ROOT))
    signed["document"][field] = 99
    assert code_of(lambda: open_revocation_list(signed, ROOT_KEY)) == "codes.list_signature"


def test_a_signature_for_one_kind_is_none_for_another() -> None:
    signed = sign_trust_list(ISSUERS, ROOT)
    assert code_of(lambda: open_revocation_list(signed, ROOT_KEY)) == "codes.list_malformed"


def test_an_older_number_is_refused_and_the_same_is_not() -> None:
    offered = sign_trust_list(ISSUERS, ROOT)
    assert open_trust_list(offered, ROOT_KEY, held=ISSUERS) == ISSUERS
    newer = replace(ISSUERS, number=8)
    assert code_of(lambda: open_trust_list(offered, ROOT_KEY, held=newer)) == "codes.list_older"
    old = sign_revocation_list(REVOCATIONS, ROOT)
    assert code_of(lambda: open_revocation_list(old, ROOT_KEY, held=NEWER)) == "codes.list_older"


def test_without_the_defence_an_older_list_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (revocation, trust):
        monkeypatch.setattr(module, "require_newer", lambda *_: None)
    assert open_revocation_list(sign_revocation_list(REVOCATIONS, ROOT), ROOT_KEY, held=NEWER) == REVOCATIONS
    assert (
        open_trust_list(sign_trust_list(ISSUERS, ROOT), ROOT_KEY, held=replace(ISSUERS, number=9)) == ISSUERS
    )


def test_without_the_root_check_anyone_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicKey, "verifies", lambda *_: True)
    assert open_trust_list(sign_trust_list(ISSUERS, STRANGER), ROOT_KEY) == ISSUERS


def test_a_delta_leads_from_one_list_to_the_next() -> None:
    delta = through_json(sign_delta(REVOCATIONS, NEWER, ROOT))
    assert apply_delta(delta, ROOT_KEY, REVOCATIONS) == NEWER
    assert base64.b64decode(delta["document"]["added"]) == b"revoked3"
    assert base64.b64decode(delta["document"]["removed"]) == b"revoked2"


def test_a_delta_fits_only_its_base() -> None:
    delta = sign_delta(REVOCATIONS, NEWER, ROOT)
    assert code_of(lambda: apply_delta(delta, ROOT_KEY, replace(REVOCATIONS, number=4))) == "codes.delta_gap"
    assert code_of(lambda: apply_delta(delta, ROOT_KEY, replace(NEWER, number=7))) == "codes.list_older"
    other = replace(REVOCATIONS, hashes=packed([b"elsewhr1"]))
    assert code_of(lambda: apply_delta(delta, ROOT_KEY, other)) == "codes.list_malformed"


def test_a_forged_delta_is_refused() -> None:
    forged = sign_delta(REVOCATIONS, NEWER, STRANGER)
    assert code_of(lambda: apply_delta(forged, ROOT_KEY, REVOCATIONS)) == "codes.list_signature"


MALFORMED: list[Any] = [
    None,
    [],
    {},
    {"document": []},
    {"document": {"kind": "trust_list"}, "signature": "%"},
    {"document": {"kind": "trust_list", "number": 1.5}, "signature": ""},
    sign_document({"kind": "trust_list"}, ROOT),
    sign_document(
        {"kind": "trust_list", "entries": [], "number": -1, "issued_at": 0, "next_update": 0}, ROOT
    ),
    sign_document(
        {"kind": "trust_list", "entries": [], "number": True, "issued_at": 0, "next_update": 0}, ROOT
    ),
    *(
        sign_document(
            {"kind": "trust_list", "entries": [entry], "number": 1, "issued_at": 0, "next_update": 0}, ROOT
        )
        for entry in (
            1,
            {},
            {"public_key": "AAAA"},
            {"certificate": "AAAA"},
            {"public_key": base64.b64encode(ROOT_KEY.raw).decode()},
        )
    ),
]


@pytest.mark.parametrize("signed", MALFORMED)
def test_malformed_trust_lists(signed: Any) -> None:
    assert code_of(lambda: open_trust_list(signed, ROOT_KEY)) == "codes.list_malformed"


@pytest.mark.parametrize("hashes", [b"1234567", b"bbbbbbbbaaaaaaaa", b"aaaaaaaaaaaaaaaa"])
def test_malformed_revocation_lists(hashes: bytes) -> None:
    signed = sign_revocation_list(replace(REVOCATIONS, hashes=hashes), ROOT)
    assert code_of(lambda: open_revocation_list(signed, ROOT_KEY)) == "codes.list_malformed"


@settings(deadline=None, max_examples=60)
@given(st.sets(st.binary(min_size=16, max_size=16), max_size=40), st.binary(min_size=16, max_size=16))
def test_membership_is_that_of_the_set(ids: set[bytes], other: bytes) -> None:
    listed = RevocationList(1, 0, 0, packed(map(revocation_hash, ids)))
    assert all(one in listed for one in ids)
    assert (other in listed) == (other in ids)
    assert len(listed) == len(ids)


def trust_file() -> dict[str, Any]:
    return {
        "root": RAW_ROOT,
        "trust_list": sign_trust_list(ISSUERS, ROOT),
        "revocation_list": sign_revocation_list(REVOCATIONS, ROOT),
    }


def test_a_trust_file_makes_a_credential_valid() -> None:
    found = read_trust(json.dumps(trust_file()).encode())
    assert verify(qym(), trust=found, now=CLOCK, profile=QYM1).answer is Answer.VALID


def test_a_delta_in_the_trust_file_revokes() -> None:
    revoked = replace(NEWER, hashes=packed([revocation_hash(CREDENTIAL_OF_TEST.id)]), issued_at=NOW)
    document = trust_file() | {"revocation_deltas": [sign_delta(REVOCATIONS, revoked, ROOT)]}
    found = read_trust(json.dumps(document).encode())
    assert verify(qym(), trust=found, now=CLOCK, profile=QYM1).reasons == (Reason.REVOKED,)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"root": base64.b64encode(public(STRANGER).raw).decode()}, "codes.list_signature"),
        ({"root": None}, "codes.trust_malformed"),
        ({"root": "AAAA"}, "codes.trust_malformed"),
        ({"trust_list": None}, "codes.list_malformed"),
        ({"revocation_list": []}, "codes.list_malformed"),
        ({"revocation_deltas": {}}, "codes.trust_malformed"),
        ({"devices": [1]}, "codes.trust_malformed"),
        ({"devices": [{"device": "a", "public_key": "x"}]}, "codes.trust_malformed"),
    ],
)
def test_trust_files_that_are_refused(change: dict[str, Any], code: str) -> None:
    document = copy.deepcopy(trust_file()) | change
    assert code_of(lambda: read_trust(json.dumps(document).encode())) == code


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"\xff", b"[" * 100_000, b'"x"'])
def test_no_trust_file_at_all(body: bytes) -> None:
    assert code_of(lambda: read_trust(body)) == "codes.trust_malformed"


def test_the_context_keeps_other_signatures_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_documents, "_CONTEXT", b"")
    elsewhere = sign_document({"kind": "trust_list"}, ROOT)
    monkeypatch.undo()
    assert code_of(lambda: open_trust_list(elsewhere, ROOT_KEY)) == "codes.list_signature"
