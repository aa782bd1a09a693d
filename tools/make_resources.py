"""Make the shipped reference documents from the folder of source data; run by hand, never at run or test time.

    python tools/make_resources.py FOLDER

Names, codes and departments carry over. Sentences do not: measures and long value-added items get short titles of
our own, kept in ``tools/titles``. The output is deterministic: the same sources give the same bytes.
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TITLES = Path(__file__).resolve().parent / "titles"
REFERENCE = ROOT / "resources" / "reference"
TITLE_LENGTH = 16
PUBLISHED = "2024-01-01"

BOARD_OF_SOURCE_NAME = {
    "项目服务": "project",
    "政策服务": "policy",
    "金融服务": "finance",
    "人才服务": "talent",
    "法治服务": "legal",
    "科创服务": "innovation",
    "开放服务": "opening",
    "数据服务": "data",
    "诉求（兜底）服务": "appeal",
    "基本政务服务": "intake",
}

# The board that answers for an item when its words alone decide, by our reading of the boards' duties and lead
# departments; a group's two digits stand for all its items that are not named themselves.
BOARD_OF_ITEM = {
    "01": "policy",
    "02": "talent",
    "03": "finance",
    "0305": "opening",
    "04": "innovation",
    "05": "project",
    "0501": "appeal",
    "0502": "talent",
    "0503": "innovation",
    "0504": "finance",
    "0506": "appeal",
    "06": "opening",
    "0608": "intake",
    "07": "innovation",
    "0703": "finance",
    "08": "legal",
    "09": "innovation",
    "10": "innovation",
    "11": "appeal",
    "1102": "intake",
    "12": "intake",
    "1203": "appeal",
    "13": "intake",
    "1303": "appeal",
    "1304": "project",
}


def main(folder: Path) -> None:
    """Write the four reference documents and copy the labelled requests."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    _write("boards", "增值化改革方案：服务板块", boards(_read(folder, "boards.json")))
    items = _read(folder, "provincial_items.json")
    local = _read(folder, "catalog_quzhou.json")
    _write(
        "catalog",
        "省级涉企服务事项清单；衢州市增值服务事项（名称）",
        catalog(items),
        local=local_items(local),
    )
    _write("packages", "增值化改革方案：“一类事”清单", packages(_read(folder, "packages.json")))
    _write("measures", "民营经济32条细化举措（短标题自拟）", measures(_read(folder, "measures_145.json")))
    shutil.copyfile(folder / "requests_dev.json", ROOT / "tests" / "data" / "requests_dev.json")


def boards(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The eleven boards; their duties are names of services."""
    return [{key: row[key] for key in ("code", "name", "lead", "duties")} for row in source]


def catalog(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The provincial items with the board that answers for each."""
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "group": row["code_l1"],
            "group_name": row["name_l1"],
            "board": BOARD_OF_ITEM.get(row["code"]) or BOARD_OF_ITEM[row["code_l1"]],
            "keywords": row["keywords"],
            "departments": row["departments"],
        }
        for row in source
    ]


def local_items(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A city's own items, names only: the deepest level, once each, in the order of the source."""
    seen: dict[tuple[str, ...], str] = {}
    for row in source:
        names = tuple(row[key] for key in ("item_l1", "item_l2", "item_l3") if row[key])
        if names and row["board"]:
            seen.setdefault(names, BOARD_OF_SOURCE_NAME[row["board"].removesuffix("板块")])
    return [{"names": list(names), "board": board} for names, board in seen.items()]


def packages(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The 24 packages: basic items by their names, value-added items by our titles."""
    titles = package_titles((TITLES / "packages.txt").read_text(encoding="utf-8"))
    if list(titles) != [row["name"] for row in source]:
        raise SystemExit("packages.txt does not follow the order of the source")
    return [_package(row, *titles[row["name"]]) for row in source]


def _package(row: dict[str, Any], owners: list[str], ticks: list[dict[str, str]]) -> dict[str, Any]:
    if len(ticks) != len(row["value_added_items"]):
        raise SystemExit(f"{row['name']}: {len(ticks)} titles for {len(row['value_added_items'])} items")
    names = [name for item in row["basic_items"] for name in _split_list(item)]
    return {
        "name": row["name"],
        "topic": row["topic"],
        "boards": owners,
        "departments": row["departments"],
        "basic": [{"name": name, "board": owners[0]} for name in names],
        "value_added": ticks,
    }


def _split_list(item: str) -> list[str]:
    """One source line holds a whole list after a colon: each becomes a name of its own."""
    head, colon, tail = item.partition("：")
    return re.split("、", tail.removesuffix("等")) if colon else [head]


def package_titles(text: str) -> dict[str, tuple[list[str], list[dict[str, str]]]]:
    """Read ``packages.txt`` into name → (boards, ticks)."""
    found: dict[str, tuple[list[str], list[dict[str, str]]]] = {}
    for line in filter(None, text.splitlines()):
        if line.startswith("= "):
            name, _, owners = line[2:].partition(" | ")
            ticks: list[dict[str, str]] = []
            found[name] = (owners.split(", "), ticks)
        elif not line.startswith("#"):
            board, _, title = line.partition(" ")
            ticks.append({"name": _short(title), "board": board})
    return found


def measures(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The 145 measures as number, theme, policy and a short title of our own.

    ``board`` is null where the source names none of the boards ("其他服务", "/" or nothing).
    """
    lines = (TITLES / "measures.txt").read_text(encoding="utf-8").splitlines()
    titles = {int(number): _short(title) for number, _, title in (line.partition(" ") for line in lines)}
    return [
        {
            "number": row["seq"],
            "theme": row["theme"].partition("、")[2],
            "policy": re.sub(r"^[(（].*?[)）]\s*", "", row["key_work"]),
            "title": titles[row["seq"]],
            "board": BOARD_OF_SOURCE_NAME.get(row["board"]),
        }
        for row in source
    ]


def _short(title: str) -> str:
    if not 0 < len(title) <= TITLE_LENGTH:
        raise SystemExit(f"title too long: {title}")
    return title


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / name).read_text(encoding="utf-8"))
    return rows


def _write(kind: str, source: str, entries: list[dict[str, Any]], **more: Any) -> None:
    document = {
        "kind": kind,
        "version": 1,
        "published": PUBLISHED,
        "source": source,
        "entries": entries,
        **more,
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    (REFERENCE / f"{kind}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
