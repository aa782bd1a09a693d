"""Profiles of the one envelope engine: what each prefix allows, and how strictly."""

from dataclasses import dataclass
from enum import StrEnum

from domain.codes.keys import Algorithm
from domain.codes.strict_cbor import Rules

MAX_TEXT_CHARS = 4096
COSE_SIGN1_TAG, CWT_TAG = 18, 61
_DATE_TAGS = frozenset({0, 1})
_ENVELOPE_TAGS = frozenset({COSE_SIGN1_TAG, CWT_TAG})
_INFLATED_BYTES = 64 * 1024


class Content(StrEnum):
    """What an envelope carries."""

    CREDENTIAL = "credential"
    PRESENTATION = "presentation"
    SLIP = "slip"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of signed text (码制).

    ``envelope`` and ``payload`` are the CBOR rules of the two layers. ``inflate_bytes`` bounds the uncompressed
    envelope; none means that compression is refused. ``loose_headers``: algorithm also from the unprotected header
    (the key identifier always may be: it only chooses a key). ``lists``: a revocation list is demanded and the
    age of the lists counts.
    """

    name: str
    content: Content
    algorithms: frozenset[Algorithm]
    envelope: Rules
    payload: Rules
    lists: bool
    inflate_bytes: int | None = None
    loose_headers: bool = False

    @property
    def prefix(self) -> str:
        """What the text begins with."""
        return f"{self.name}:"


_OURS = frozenset({Algorithm.EDDSA, Algorithm.ES256})
_STRICT_ENVELOPE = Rules(deterministic=True, tags=_ENVELOPE_TAGS)
_STRICT = Rules(deterministic=True)

QYM1 = Profile("QYM1", Content.CREDENTIAL, _OURS, _STRICT_ENVELOPE, _STRICT, lists=True)
QYP1 = Profile("QYP1", Content.PRESENTATION, _OURS, _STRICT_ENVELOPE, _STRICT, lists=True)
QYS1 = Profile("QYS1", Content.SLIP, frozenset({Algorithm.EDDSA}), _STRICT_ENVELOPE, _STRICT, lists=False)
HC1 = Profile(
    "HC1",
    Content.CERTIFICATE,
    frozenset({Algorithm.ES256, Algorithm.PS256}),
    envelope=Rules(deterministic=False, tags=_ENVELOPE_TAGS, max_bytes=_INFLATED_BYTES),
    payload=Rules(deterministic=False, tags=_DATE_TAGS, max_bytes=_INFLATED_BYTES),
    lists=False,
    inflate_bytes=_INFLATED_BYTES,
    loose_headers=True,
)

PROFILES = {profile.name: profile for profile in (QYM1, QYP1, QYS1, HC1)}


def profile_of(text: str) -> Profile | None:
    """The profile whose prefix ``text`` begins with."""
    return PROFILES.get(text.partition(":")[0]) if ":" in text[:5] else None
