#!/usr/bin/env python3
"""One command for everything, from nothing but Python 3.11 or newer.

    python3 bootstrap.py run      open the front desk (without a display: the main job headless)
    python3 bootstrap.py test     all checks and tests
    python3 bootstrap.py setup    prepare only
    python3 bootstrap.py check    formatting, lint, types, arrows
    python3 bootstrap.py bench    measure; the table is kept in benchmarks/RESULTS.md
    python3 bootstrap.py soak     the long counts
    python3 bootstrap.py build    the frozen program, and its self-test
    python3 bootstrap.py qifu …   the command line

Only the standard library may be imported here.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BUILD_VENV = ROOT / "build" / "venv"
WINDOWS = os.name == "nt"
MINIMUM = (3, 11)
# What Qt's xcb and offscreen platforms load on Debian and Ubuntu; the file stands for its package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libnss3.so": "libnss3",
    "libpulse.so.0": "libpulse0",
}


class Stop(Exception):
    """Something the person has to do; the message says what."""


def main() -> int:
    """Run the asked-for command; its exit code."""
    if sys.version_info < MINIMUM:
        print(
            f"需要 Python {MINIMUM[0]}.{MINIMUM[1]} 或更新，当前是 {sys.version.split()[0]}。",
            file=sys.stderr,
        )
        return 2
    parser = argparse.ArgumentParser(
        description="企服前台", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=__doc__
    )
    parser.add_argument("command", choices=[*COMMANDS])
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    try:
        return COMMANDS[asked.command](asked.rest)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def setup(rest: list[str] | None = None) -> int:
    """Make the environment, install what is locked, and the libraries Qt needs. Quick when all is there."""
    prepare_venv(VENV, ROOT / "requirements" / "dev.lock")
    write_programs()
    system_libraries()
    return 0


def run(rest: list[str]) -> int:
    """Open the front desk; without a display say so and do the main job headless."""
    setup()
    if has_display():
        return python("-m", "desktop.app", *rest)
    print("这台电脑没有图形界面：改为无屏演示主流程，回执存到 demo-out。", flush=True)
    return python("-m", "desktop.cli.main", "demo", "--out", "demo-out")


def test(rest: list[str]) -> int:
    """All checks, then all tests."""
    setup()
    return checks() or tests(rest)


def check(rest: list[str]) -> int:
    """Formatting, lint, types."""
    setup()
    return checks()


def bench(rest: list[str]) -> int:
    """Measure, print and keep the table."""
    setup()
    return python("-m", "benchmarks", *rest)


def soak(rest: list[str]) -> int:
    """The tests with their long counts."""
    setup()
    return tests(["-m", "soak", *rest], QIFU_SOAK="1")


def build(rest: list[str]) -> int:
    """Freeze the program into ``dist/qifu-desk`` and run its self-test."""
    setup()
    prepare_venv(BUILD_VENV, ROOT / "requirements" / "build.lock")
    code = call(
        venv_python(BUILD_VENV),
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--distpath",
        "dist",
        "--workpath",
        "build/work",
        "build.spec",
    )
    if code:
        return code
    folder, suffix = ROOT / "dist" / "qifu-desk", ".exe" if WINDOWS else ""
    return call(folder / f"qifu{suffix}", "selftest", "--verbose") or call(
        folder / f"qifu-desk{suffix}", "--self-test", QT_QPA_PLATFORM="offscreen"
    )


def qifu(rest: list[str]) -> int:
    """The command line."""
    setup()
    return python("-m", "desktop.cli.main", *rest)


COMMANDS = {
    "run": run,
    "test": test,
    "setup": setup,
    "check": check,
    "bench": bench,
    "soak": soak,
    "build": build,
    "qifu": qifu,
}


def checks() -> int:
    """Lint, formatting and types, all of them even when one fails."""
    results = [
        python("-m", "ruff", "check", "."),
        python("-m", "ruff", "format", "--check", "."),
        python("-m", "mypy"),
    ]
    return max(results)


def tests(rest: list[str], **environment: str) -> int:
    """pytest on as many processes as there are processors."""
    workers = str(min(os.cpu_count() or 2, 8))
    return python("-m", "pytest", "-n", workers, *rest, QT_QPA_PLATFORM="offscreen", **environment)


def prepare_venv(folder: Path, lock: Path) -> None:
    """An environment in ``folder`` with exactly what ``lock`` names, checked against its hashes."""
    mark = folder / "installed.sha256"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if mark.exists() and mark.read_text() == wanted and venv_python(folder).exists():
        return
    if not venv_python(folder).exists():
        make_venv(folder)
    print(f"正在安装依赖（{lock.name}）……首次需要几分钟。", flush=True)
    command = [
        str(venv_python(folder)),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--quiet",
        "--require-hashes",
        "-r",
        str(lock),
    ]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise Stop(
            "依赖没有装上。若上面提到 “Connection” 或 “No matching distribution”，说明这台电脑连不上软件源："
            "请接通网络，或用 pip 的 PIP_INDEX_URL 指向本单位的镜像后再运行一次。已装好的部分不会重复下载。"
        )
    mark.write_text(wanted)


def make_venv(folder: Path) -> None:
    """Create the environment; where Debian lacks ensurepip, install python3-venv or name it."""
    if folder.exists():
        shutil.rmtree(folder)
    if has_ensurepip() or install_venv_package():
        result = subprocess.run([sys.executable, "-m", "venv", str(folder)], cwd=ROOT)
        if result.returncode == 0:
            return
    raise Stop(
        f"这个 Python 缺少 venv/ensurepip，建不了独立环境。请先运行：\n    {apt_line([venv_package()])}"
    )


def has_ensurepip() -> bool:
    """Whether this Python can put pip into a new environment."""
    return (
        subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0
    )


def venv_package() -> str:
    """Debian's package with ensurepip for this Python."""
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def install_venv_package() -> bool:
    """Install it where we may."""
    return install_packages([venv_package()]) and has_ensurepip()


def system_libraries() -> None:
    """Qt's system libraries on Debian and Ubuntu: installed as root, else the exact line to type."""
    mark = VENV / "libraries.ok"
    if mark.exists() or not sys.platform.startswith("linux"):
        return
    missing = [package for file, package in QT_LIBRARIES.items() if not loads(file)]
    if missing and not install_packages(missing):
        raise Stop(f"缺少 Qt 需要的系统库：{'、'.join(missing)}。请先运行：\n    {apt_line(missing)}")
    mark.write_text("ok")


def loads(library: str) -> bool:
    """Whether the dynamic loader finds ``library``."""
    script = f"import ctypes; ctypes.CDLL({library!r})"
    return subprocess.run([sys.executable, "-c", script], capture_output=True).returncode == 0


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages when we are root and apt is there; whether that worked."""
    if WINDOWS or not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print(f"正在安装系统包：{' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for command in (install, ["apt-get", "update"], install):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        if command is install and done.returncode == 0:
            return True
    return False


def apt_line(packages: list[str]) -> str:
    """What a person types to install ``packages``."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def write_programs() -> None:
    """The programs in the environment, running from this source tree."""
    programs = {
        "qifu": "desktop.cli.main",
        "qifu-desk": "desktop.app",
        "qifu-server": "server.main",
        "qifu-authority": "authority.main",
    }
    for name, module in programs.items():
        write_program(name, module)


POSIX_PROGRAM = """#!{venv}/bin/python
import sys

sys.path.insert(0, {root!r})
from {module} import main

sys.exit(main())
"""
WINDOWS_PROGRAM = '@set "PYTHONPATH={root}"\r\n@"%~dp0python.exe" -m {module} %*\r\n'


def write_program(name: str, module: str) -> None:
    """One program; written only when it differs, so that two runs at once do not meet."""
    target = VENV / (f"Scripts/{name}.cmd" if WINDOWS else f"bin/{name}")
    template = WINDOWS_PROGRAM if WINDOWS else POSIX_PROGRAM
    text = template.format(venv=VENV, root=str(ROOT), module=module)
    if target.exists() and target.read_text("utf-8") == text:
        return
    target.write_text(text, "utf-8")
    target.chmod(0o755)


def has_display() -> bool:
    """Whether a window can be shown."""
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )


def venv_python(folder: Path) -> Path:
    """The environment's interpreter."""
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


def python(*arguments: str, **environment: str) -> int:
    """Run the environment's Python in the source tree; its exit code."""
    return call(venv_python(VENV), *arguments, **environment)


def call(program: Path, *arguments: str, **environment: str) -> int:
    """Run ``program`` in the source tree; its exit code."""
    return subprocess.run([str(program), *arguments], cwd=ROOT, env={**os.environ, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
