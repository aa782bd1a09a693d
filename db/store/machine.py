"""The identity of the machine, to notice a store that was carried to another one."""

import hashlib
import re
import secrets
import subprocess
import sys
from pathlib import Path

from db.store.atomic import write_file

_LINUX = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def machine_id(fallback: Path) -> str:
    """Sixteen hexadecimal digits that stay with this installation of the system.

    Derived, since the system's own identifier is not to be handed on (machine-id(5)). Where the system has
    none, one is made and kept in the file ``fallback``. Raises ``OSError`` when that cannot be written.
    """
    own = _of_system() or _kept(fallback)
    return hashlib.sha256(b"qifu-desk machine " + own.encode()).hexdigest()[:16]


def _of_system() -> str:
    if sys.platform == "win32":
        return _of_windows()
    if sys.platform == "darwin":
        return _of_mac()
    for path in _LINUX:
        try:
            found = path.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if re.fullmatch("[0-9a-f]{32}", found):
            return found
    return ""


def _of_windows() -> str:
    if sys.platform != "win32":
        return ""
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return ""


def _of_mac() -> str:
    command = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r'"IOPlatformUUID" = "([^"]+)"', told)
    return found.group(1) if found else ""


def _kept(path: Path) -> str:
    if not path.exists():
        write_file(path, secrets.token_hex(16).encode(), mode=0o600)
    return path.read_text(encoding="ascii")
