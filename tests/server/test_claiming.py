"""A hub comes to decide over a hall that never had one, also where its centre is heard only later."""

import threading

import pytest

from domain.enrolment import DeviceRole
from server import claiming
from server.claiming import Claim
from server.nodes import ServerNode
from services import enrolling
from services.hub import Hub
from sync.engine.synchronise import synchronise_fully
from sync.enrol_code import Invitation
from sync.enrolment import Enrolment
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.server.nodes import serving

URL = "https://192.168.1.10:8461"


def _hub_of(node: ServerNode) -> Hub | None:
    return node.call(lambda uow, *_: uow.hubs.get(uow.events.node.site))


def test_a_hub_without_a_centre_decides_at_once(hub: ServerNode) -> None:
    Claim(hub, URL).run()
    known = _hub_of(hub)
    assert known is not None
    assert (known.term, known.url) == (1, URL)


def test_a_hub_decides_as_soon_as_its_centre_was_heard(
    hub: ServerNode, centre: ServerNode, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joined first and served then, as the docs say: another hub might be known above."""
    monkeypatch.setattr(claiming, "CLAIM_S", 0.01)
    with serving(centre) as above:
        code = above.code("hall", "hub")
        with Enrolment(
            Invitation(code, above.url), clock, role=DeviceRole.HUB, stall_s=PATIENCE_S
        ) as enrolment:
            hub.call(enrolling.join, enrolment.ask(hub.call(enrolling.newcomer)))
        claim = Claim(hub, URL)
        assert _hub_of(hub) is None
        thread = threading.Thread(target=claim.run)
        thread.start()
        synchronise_fully(hub)
        thread.join(PATIENCE_S)
    claim.stop()
    known = _hub_of(hub)
    assert known is not None
    assert (known.term, known.url) == (1, URL)


def test_a_hub_that_never_hears_its_centre_can_be_stopped(
    hub: ServerNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "nobody_decides", lambda *_: False)
    claim = Claim(hub, URL)
    claim.stop()
    claim.run()
    assert _hub_of(hub) is None
