"""Each defence of the verifier taken away: the table of forgeries goes red."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.codes import (
    base45,
    envelope,
    keys,
    revocation,
    strict_cbor,
    verification,
)
from domain.codes import (
    claims as claims_module,
)
from domain.codes import (
    trust as trust_module,
)
from domain.codes.replay import InMemoryReplay
from tests.code_forgeries import CREDENTIALS, GOOD, PRESENTATIONS, as_expected


def _always(value: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: value


def _both_headers(self: envelope.Envelope) -> Any:
    return self.unprotected.get(4, self.protected.get(4))


def _loose(self: envelope.Envelope, *, loose: bool) -> Any:
    found = self.protected.get(1, self.unprotected.get(1))
    return keys.Algorithm(found) if found in (-7, -8, -37) else None


# What is taken away, and what must then come out wrong.
MUTATIONS: dict[str, tuple[Any, str, Any, list[str]]] = {
    "signatures": (
        keys.PublicKey,
        "verifies",
        _always(True),
        ["one bit of the signature", "swapped payload"],
    ),
    "protected kid first": (
        envelope.Envelope,
        "kid",
        property(_both_headers),
        ["kid of another in the protected header"],
    ),
    "protected algorithm": (envelope.Envelope, "algorithm", _loose, ["algorithm unprotected"]),
    "key's own algorithm": (
        keys.PublicKey,
        "algorithm",
        property(_always(keys.Algorithm.ES256)),
        ["algorithm of another kind of key"],
    ),
    "critical headers": (envelope, "_CRIT", 999, ["critical header"]),
    "purposes": (
        trust_module.TrustedKey,
        "purposes",
        property(_always(frozenset({"enterprise", "agent"}))),
        ["key of another purpose", "purpose the key has not"],
    ),
    "time of the key": (
        trust_module.TrustedKey,
        "covers",
        _always(True),
        ["issued after the key's time", "issued before the key's time"],
    ),
    "subject": (verification, "_judge_subject", _always(None), ["wrong check digit", "lower case subject"]),
    "span": (
        verification,
        "_judge_span",
        _always(None),
        ["expired a second ago", "expires now", "valid from tomorrow"],
    ),
    "tolerance": (verification, "FRESH_MS", 10**12, ["issued in the future"]),
    "clock": (
        verification,
        "_judge_clock",
        _always(None),
        ["clock known to be off", "clock before the newest list"],
    ),
    "lists": (
        verification,
        "_judge_lists",
        _always(None),
        ["revoked", "no revocation list", "trust list eight days late", "revocation list seven days late"],
    ),
    "revocation": (revocation.RevocationList, "__contains__", _always(False), ["revoked"]),
    "gate": (
        strict_cbor,
        "check",
        _always(None),
        [
            "duplicate claim",
            "trailing bytes after the claims",
            "number not in its shortest form",
            "map of indefinite length",
            "claims out of order",
            "nested nine deep",
            "trailing bytes",
            "tag not in its shortest form",
            "duplicate key in the header",
            "trailing bytes in the header",
        ],
    ),
    "depth": (strict_cbor._Walk, "item", None, ["nested nine deep"]),
    "issuance claims": (claims_module, "_MAX_SECONDS", 10**15, ["exp in milliseconds"]),
    "number of licences": (claims_module, "MAX_LICENCES", 99, ["four licences"]),
    "length of a text": (claims_module, "_MAX_TEXT", 999, ["name of 201 characters"]),
    "length of an id": (claims_module, "CTI_BYTES", 4, ["cti too short"]),
    "length of the text": (envelope, "MAX_TEXT_CHARS", 10**9, ["too long a text"]),
    "range of a group": (base45, "decode", _always(GOOD), ["group out of range", "a character of no Base45"]),
}
PRESENTATION_MUTATIONS: dict[str, tuple[Any, str, Any, list[str]]] = {
    "signatures": (keys.PublicKey, "verifies", _always(True), ["signed by a stranger", "swapped credential"]),
    "freshness": (verification, "FRESH_MS", 10**12, ["more than two minutes old", "from the future"]),
    "site": (verification, "ANYWHERE", "BJ01", ["for another site"]),
    "memory": (InMemoryReplay, "remember", _always(True), ["shown twice"]),
    "length of a nonce": (claims_module, "NONCE_BYTES", range(99), ["nonce too short"]),
    "credential inside": (
        verification,
        "_judge_credential",
        _always(None),
        ["expired credential", "revoked credential"],
    ),
}


def _bottomless(walk: strict_cbor._Walk, depth: int) -> None:
    _ITEM(walk, min(depth, 1))


_ITEM = strict_cbor._Walk.item


@pytest.mark.parametrize("defence", MUTATIONS)
def test_without_this_defence_the_table_goes_red(defence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, cases = MUTATIONS[defence]
    for case in cases:
        assert as_expected(CREDENTIALS, case)
    monkeypatch.setattr(where, name, instead or _bottomless)
    assert [case for case in cases if as_expected(CREDENTIALS, case)] == []


@pytest.mark.parametrize("defence", PRESENTATION_MUTATIONS)
def test_without_this_defence_presentations_go_red(defence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, cases = PRESENTATION_MUTATIONS[defence]
    for case in cases:
        assert as_expected(PRESENTATIONS, case)
    monkeypatch.setattr(where, name, instead)
    assert [case for case in cases if as_expected(PRESENTATIONS, case)] == []
