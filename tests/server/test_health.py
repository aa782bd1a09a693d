"""``/health`` and ``/metrics``: what they tell and to whom; the log tells of nobody; waiting for news."""

import asyncio
import logging
import os

import pytest

from domain.errors import AppError
from server.context import NodeSettings
from server.metrics import Gauge, Metrics, of_all, share, withdraw
from server.news import News, Shared
from server.nodes import ServerNode
from tests.patience import PATIENCE_S
from tests.server.nodes import Pc, Served, serving


def test_health_says_who_and_how_far(doors: Served) -> None:
    told = doors.get("/health").json()
    assert told == {"ok": True, "epoch": doors.node.epoch, "role": "hub", "site": "hall", "lag": 0}


def test_figures_count_what_was_asked(doors: Served) -> None:
    Pc().enrol(doors)
    doors.get("/health")
    text = doors.get("/metrics").text
    for line in (
        'qifu_requests_total{method="POST",route="/v1/enrol",status="200"} 1',
        'qifu_requests_total{method="GET",route="/health",status="200"} 1',
        'qifu_request_seconds_bucket{route="/v1/enrol",le="+Inf"} 1',
        'qifu_request_seconds_count{route="/v1/enrol"} 1',
        "qifu_devices 2",
        "qifu_fold_lag_streams 0",
        "qifu_quarantined 0",
    ):
        assert line in text.splitlines(), line


def test_figures_are_for_this_machine_or_the_token(hub: ServerNode) -> None:
    with serving(hub, NodeSettings(admin_token="geheim")) as served:
        far = {"x-forwarded-for": "203.0.113.9"}
        for headers, status in (
            ({}, 200),
            (far, 403),
            ({**far, "authorization": "Bearer geheim"}, 200),
            ({**far, "authorization": "Bearer Geheim"}, 403),
            ({**far, "authorization": "Bearer"}, 403),
        ):
            answer = served.client.get(served.url + "/metrics", headers=headers)
            assert answer.status_code == status, headers


def test_a_route_is_counted_by_its_pattern(doors: Served) -> None:
    doors.get("/v1/documents/staff/1")
    doors.get("/v1/nothing/such")
    text = doors.get("/metrics").text
    assert 'route="/v1/documents/{kind}/{version}",status="401"' in text
    assert 'route="other",status="404"' in text
    assert "staff" not in text
    assert "nothing" not in text


def test_the_log_names_no_device_no_token_and_no_address(
    doors: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "qifu")
    pc = Pc()
    code = doors.code()
    told = pc.enrol(doors, code)
    doors.get("/v1/documents", told.token)
    lines = "\n".join(f"{one.getMessage()} {one.__dict__.get('facts')}" for one in caplog.records)
    assert "/v1/enrol" in lines
    for secret in (code, told.token, pc.device, "127.0.0.1", "3号窗口"):
        assert secret not in lines


def test_figures_of_several_processes_are_added_up(tmp_path) -> None:
    mine, theirs = Metrics(), Metrics()
    for one, times in ((mine, 2), (theirs, 3)):
        for _ in range(times):
            one.count("qifu_requests_total", route="/x", method="GET", status="200")
            one.took("/x", 0.02)
    share(tmp_path, theirs)
    (tmp_path / f"{os.getpid()}.json").rename(tmp_path / "1.json")
    share(tmp_path, mine)
    text = of_all(tmp_path, mine).text([Gauge("qifu_lag", "Lag.", 7)])
    assert 'qifu_requests_total{method="GET",route="/x",status="200"} 5' in text
    assert 'qifu_request_seconds_bucket{route="/x",le="0.01"} 0' in text
    assert 'qifu_request_seconds_bucket{route="/x",le="0.025"} 5' in text
    assert text.endswith("# HELP qifu_lag Lag.\n# TYPE qifu_lag gauge\nqifu_lag 7\n")
    withdraw(tmp_path)
    (tmp_path / "1.json").write_text("{half")
    assert " 2\n" in of_all(tmp_path, mine).text()


def test_what_is_written_in_a_label_cannot_end_it() -> None:
    metrics = Metrics()
    metrics.count("qifu_requests_total", route='a"b\\c\nd', method="GET", status="1")
    assert 'route="a\\"b\\\\c\\nd"' in metrics.text()


class _Store:
    def __init__(self) -> None:
        self.version, self.asked = 1, 0

    def __call__(self) -> int:
        self.asked += 1
        return self.version


def test_one_look_serves_all_who_wait() -> None:
    async def waiting() -> None:
        store = _Store()
        news = News(store, poll_s=0.001)
        assert await news.after(news.mark, PATIENCE_S)  # the first look finds what it did not know
        marks = [asyncio.create_task(news.after(news.mark, 30)) for _ in range(20)]
        await asyncio.sleep(0)
        assert news.waiting == 20
        store.version = 2
        assert await asyncio.gather(*marks) == [True] * 20
        assert news.waiting == 0

    asyncio.run(waiting())


def test_what_came_between_looking_and_waiting_is_not_missed() -> None:
    async def waiting() -> None:
        news = News(_Store(), poll_s=30)
        mark = news.mark
        news.stir()
        assert await news.after(mark, 30)

    asyncio.run(waiting())


def test_nobody_waits_for_ever() -> None:
    async def waiting() -> None:
        store = _Store()
        news = News(store, poll_s=0.001)
        assert await news.after(news.mark, PATIENCE_S)
        assert await news.after(news.mark, 0.01) is False
        asked = store.asked
        await asyncio.sleep(0.02)
        assert store.asked <= asked + 1  # nobody waits: nobody asks

    asyncio.run(waiting())


def test_one_look_serves_a_whole_site_at_each_mark() -> None:
    async def waiting() -> None:
        looks: list[str] = []

        async def look() -> int:
            looks.append("look")
            await asyncio.sleep(0)
            return len(looks)

        shared = Shared()
        assert set(await asyncio.gather(*(shared.of("hall", 1, look) for _ in range(50)))) == {1}
        assert await shared.of("hall", 1, look) == 1
        assert await shared.of("park", 1, look) == 2
        assert set(await asyncio.gather(*(shared.of("hall", 2, look) for _ in range(50)))) == {3}
        assert len(looks) == 3

    asyncio.run(waiting())


def test_a_look_that_failed_is_taken_anew_and_one_who_leaves_takes_it_from_nobody() -> None:
    async def waiting() -> None:
        async def fail() -> int:
            raise AppError("storage.unreachable")

        async def look() -> int:
            await asyncio.sleep(0.001)
            return 7

        shared = Shared()
        with pytest.raises(AppError):
            await shared.of("hall", 1, fail)
        first = asyncio.create_task(shared.of("hall", 1, look))
        second = asyncio.create_task(shared.of("hall", 1, look))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == 7

    asyncio.run(waiting())


def test_a_commit_wakes_who_waits(doors: Served) -> None:
    """The data version of a hub moves for writes of this very process as well."""
    before = doors.node.store.data_version()
    assert doors.node.store.data_version() == before
    doors.code()
    assert doors.node.store.data_version() != before
