"""The two commands on machines that lack something: a sentence that says what to type."""

import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap


def _fails(*_arguments: object, **_keywords: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.CompletedProcess([], 1)


def test_without_ensurepip_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "has_ensurepip", lambda: False)
    monkeypatch.setattr(bootstrap, "install_packages", lambda packages: False)
    with pytest.raises(bootstrap.Stop, match=rf"python3\.{sys.version_info[1]}-venv"):
        bootstrap.make_venv(tmp_path / "venv")


def test_without_a_network_the_person_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "dev.lock"
    lock.write_text("nothing==1 --hash=sha256:00")
    python = bootstrap.venv_python(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    python.touch()
    monkeypatch.setattr(bootstrap.subprocess, "run", _fails)
    with pytest.raises(bootstrap.Stop, match="PIP_INDEX_URL"):
        bootstrap.prepare_venv(tmp_path / "venv", lock)
    assert not (tmp_path / "venv" / "installed.sha256").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian's packages exist on Linux only")
def test_missing_system_libraries_are_named_in_a_line_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "loads", lambda library: library != "libEGL.so.1")
    monkeypatch.setattr(bootstrap, "install_packages", lambda packages: False)
    with pytest.raises(bootstrap.Stop, match=r"sudo apt-get .*install -y libegl1$"):
        bootstrap.system_libraries()


def test_what_is_installed_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "dev.lock"
    lock.write_text("")
    venv = tmp_path / "venv"
    bootstrap.venv_python(venv).parent.mkdir(parents=True)
    bootstrap.venv_python(venv).touch()
    calls: list[object] = []

    def installs(command: list[str], **_keywords: object) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bootstrap.subprocess, "run", installs)
    bootstrap.prepare_venv(venv, lock)
    bootstrap.prepare_venv(venv, lock)
    assert len(calls) == 1
    lock.write_text("# changed")
    bootstrap.prepare_venv(venv, lock)
    assert len(calls) == 2


def test_locks_record_hashes_and_no_address() -> None:
    for lock in (Path(bootstrap.ROOT) / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_an_old_python_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 0))
    assert bootstrap.main() == 2
    assert "3.11" in capsys.readouterr().err
