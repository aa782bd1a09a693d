"""The rooms and the arrows between them (ARCHITECTURE.md), and the measure of our code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "domain": frozenset(),
    "resources": frozenset(),
    "db": frozenset({"domain", "resources"}),
    "reports": frozenset({"domain", "resources"}),
    "services": frozenset({"domain", "db", "reports", "resources"}),
    "sync": frozenset({"domain", "db", "resources"}),
    "desktop": frozenset({"services", "domain", "resources", "sync"}),
    "server": frozenset({"services", "domain", "db", "reports", "resources", "sync"}),
    "authority": frozenset({"domain"}),
}
"""Room → rooms it may import."""
FOLDERS_OF_DB = {
    "schema": frozenset(),
    "store": frozenset(),
    "log": frozenset({"schema"}),
    "rows": frozenset({"schema", "log"}),
    "files": frozenset({"schema", "store", "rows"}),
    "retention": frozenset({"schema", "log", "rows", "files"}),
}
"""Folder of ``db`` → its neighbours there that it may import. What lies in ``db`` itself ties them together."""
_NEVER = {
    "domain": "os io time random secrets socket pathlib subprocess shutil tempfile threading asyncio logging "
    "sqlite3 sqlalchemy sqlcipher3 PySide6 requests httpx",
    "db": "PySide6 httpx requests reportlab",
    "services": "PySide6 httpx requests sqlalchemy sqlcipher3 alembic",
    "reports": "PySide6 sqlalchemy sqlcipher3 socket httpx",
    "desktop": "sqlalchemy sqlcipher3 alembic reportlab",
    "server": "PySide6 sqlalchemy sqlcipher3 alembic",
    "sync": "PySide6 sqlalchemy sqlcipher3 alembic",
}
NEVER = {room: frozenset(packages.split()) for room, packages in _NEVER.items()}
"""Room → packages it never imports."""
READS_THE_WORLD = frozenset({"open", "input", "print", "eval", "exec"})
CLOCKS = frozenset({"now", "today", "utcnow", "time", "time_ns", "monotonic"})
MAX_FILE, MAX_FUNCTION, MAX_METHODS = 400, 50, 25
MEASURED = (*ROOMS, "tools", "benchmarks")


def _files(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def _trees(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for file in _files(*rooms):
        yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, also of those inside functions and by ``import_module``, but for types alone."""
    types_alone = {id(one) for node in ast.walk(tree) if _is_for_types(node) for one in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in types_alone:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("import_module", "__import__"):
                yield node.lineno, str(node.args[0].value)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def wrong_arrows(room: str, tree: ast.AST) -> list[str]:
    """What ``room`` must not import, with its line."""
    wrong = []
    for line, module in imports_of(tree):
        top = module.split(".")[0]
        if top in ROOMS and top != room and top not in ROOMS[room]:
            wrong.append(f"{line}: {module}")
        if top in NEVER.get(room, ()):
            wrong.append(f"{line}: {module}")
    return wrong


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room).is_dir()])
def test_arrows(room: str) -> None:
    found = [f"{file}:{wrong}" for file, tree in _trees(room) for wrong in wrong_arrows(room, tree)]
    assert found == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("domain", "import os"),
        ("domain", "from services.cases import accept_case"),
        ("domain", "def f():\n    import time"),
        ("db", "from reports import render"),
        ("services", "def f():\n    from desktop.words import X"),
        ("desktop", "from db.rows.case_rows import CaseRow"),
        ("desktop", "import_module('db.schema')"),
        ("reports", "import db"),
    ],
)
def test_a_wrong_arrow_is_seen(room: str, source: str) -> None:
    assert wrong_arrows(room, ast.parse(source))


def crossings(folder: str, tree: ast.AST) -> list[str]:
    """What a folder of ``db`` must not import from its neighbours, with its line."""
    parts = [(line, module.split(".")) for line, module in imports_of(tree)]
    return [
        f"{line}: {'.'.join(module)}"
        for line, module in parts
        if module[0] == "db" and len(module) > 1 and module[1] in FOLDERS_OF_DB
        if module[1] != folder and module[1] not in FOLDERS_OF_DB[folder]
    ]


@pytest.mark.parametrize("folder", FOLDERS_OF_DB)
def test_arrows_inside_db(folder: str) -> None:
    found = [f"{file}:{one}" for file, tree in _trees(f"db/{folder}") for one in crossings(folder, tree)]
    assert found == []


def test_a_wrong_arrow_inside_db_is_seen() -> None:
    assert crossings("schema", ast.parse("from db.rows.tokens import joined"))
    assert crossings("log", ast.parse("from db.schema import event")) == []


def impurities(tree: ast.AST) -> list[str]:
    """Calls in ``domain`` that read a clock, a file or chance."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in READS_THE_WORLD:
            found.append(f"{node.lineno}: {node.func.id}()")
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS and not node.args:
            found.append(f"{node.lineno}: .{node.func.attr}()")
    return found


def test_domain_reads_no_clock_and_no_file() -> None:
    assert [f"{file}:{one}" for file, tree in _trees("domain") for one in impurities(tree)] == []


@pytest.mark.parametrize("source", ["datetime.now()", "date.today()", "open('x')", "print(1)"])
def test_an_impurity_is_seen(source: str) -> None:
    assert impurities(ast.parse(source))


def test_rooms_have_no_vague_names() -> None:
    vague = {"utils", "helpers", "manager", "common", "misc"}
    assert [str(file) for file in _files(*ROOMS) if vague & set(file.with_suffix("").parts)] == []


def test_files_stay_short() -> None:
    lines = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for file in _files(*MEASURED)
        if file.parent.name != "versions"  # a migration is printed from the tables
    }
    assert {name: count for name, count in lines.items() if count > MAX_FILE} == {}


def test_functions_stay_short_and_classes_small() -> None:
    long, large = [], []
    for file, tree in _trees(*MEASURED):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION and not _is_command(node):
                    long.append(f"{file}:{node.name}")
            elif isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                if len(methods) > MAX_METHODS:
                    large.append(f"{file}:{node.name} {len(methods)}")
    assert (long, large) == ([], [])


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A command's options stand one a line; a migration's tables too."""
    return bool(node.decorator_list) or node.name == "upgrade"


def test_nothing_reads_outside_the_project() -> None:
    """Only a tool run by hand reads what lies beside the project."""
    for file in _files(*ROOMS, "tests", "benchmarks"):
        if file != Path(__file__):
            assert "/shared/" not in file.read_text("utf-8"), file
