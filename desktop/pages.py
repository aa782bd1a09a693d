"""The pages of the rail, in order. An area's module is imported when its page is first shown."""

from collections.abc import Callable, Sequence
from importlib import import_module

from desktop.shell.page import Page, PageContext, PageSpec
from desktop.shell.palette import Provider


def _page(module: str, name: str) -> Callable[[PageContext], Page]:
    def make(context: PageContext) -> Page:
        page: Page = getattr(import_module(module), name)(context)
        return page

    return make


def find_providers(context: PageContext) -> Sequence[Provider]:
    """Who answers Ctrl+K besides the commands; imported with the first page, not with the frame."""
    found: Sequence[Provider] = import_module("desktop.cases.find").providers(context)
    modes = import_module("desktop.modes.find").provider(context.navigator)
    return [*found, modes, import_module("desktop.sync.find").provider(context)]


PAGES: tuple[PageSpec, ...] = (
    PageSpec(
        "today", "工作台", "house", _page("desktop.today.page", "TodayPage"), words="gongzuotai gzt jintian"
    ),
    PageSpec("intake", "受理", "note-pencil", _page("desktop.intake.page", "IntakePage"), words="shouli sl"),
    PageSpec(
        "queue",
        "排队",
        "users-three",
        _page("desktop.queue.page", "QueuePage"),
        words="paidui pd jiaohao jh quhao",
    ),
    PageSpec("cases", "办件", "folders", _page("desktop.cases.page", "CasesPage"), words="banjian bj"),
    PageSpec(
        "backoffice",
        "联办",
        "clipboard-text",
        _page("desktop.backoffice.page", "BackOfficePage"),
        roles=frozenset({"specialist", "chief", "supervisor", "admin"}),
        words="lianban lb banli bankuai duilie",
    ),
    PageSpec(
        "enterprises",
        "企业",
        "buildings",
        _page("desktop.enterprises.page", "EnterprisesPage"),
        words="qiye qy",
    ),
    PageSpec(
        "callbacks",
        "回访",
        "phone",
        _page("desktop.callbacks.page", "CallbacksPage"),
        roles=frozenset({"clerk", "supervisor", "admin"}),
        words="huifang hf",
    ),
    PageSpec(
        "ratings",
        "评价",
        "star",
        _page("desktop.ratings.page", "RatingsPage"),
        roles=frozenset({"clerk", "specialist", "chief"}),
        words="pingjia pj chaping shensu",
    ),
    PageSpec(
        "supervision",
        "督办",
        "flag",
        _page("desktop.supervision.page", "SupervisionPage"),
        roles=frozenset({"supervisor", "admin"}),
        words="duban db cuiban cb pingjia pj",
    ),
    PageSpec(
        "hall",
        "大厅",
        "desktop",
        _page("desktop.queue.live.page", "HallPage"),
        roles=frozenset({"supervisor", "admin"}),
        words="dating dt",
    ),
    PageSpec(
        "sync",
        "同步",
        "arrows-clockwise",
        _page("desktop.sync.page", "SyncPage"),
        words="tongbu tb shangbao sb chongtu ct",
        in_rail=False,
    ),
    PageSpec(
        "settings", "设置", "gear", _page("desktop.settings_page.page", "SettingsPage"), words="shezhi sz"
    ),
)
