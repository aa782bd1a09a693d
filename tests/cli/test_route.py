"""``qifu route`` as scripts use it: one object per line, whatever the line is."""

import json
import subprocess
import sys


def run(data: bytes, *arguments: str) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-m", "desktop.cli.main", "route", *arguments],
        input=data,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_one_object_per_line_in_the_shape_of_the_contract():
    first, second = run("公司想注销，怎么办\n银行不肯续贷，资金周转不开\n".encode())
    assert set(first) == {"boards", "items", "packages"}
    assert set(first["boards"][0]) == {"code", "score", "because"}
    assert set(first["items"][0]) == {"code", "score"}
    assert set(first["packages"][0]) == {"name", "score"}
    assert first["packages"][0]["name"] == "企业注销一类事"
    assert second["boards"][0]["code"] == "finance"


def test_lines_keep_their_count_whatever_they_hold():
    lines = [
        b"",
        b"   ",
        "😀".encode(),
        b"\xff\xfe\x00",
        "合同\u2028纠纷\x0b怎么办".encode(),
        b"\r",
        "注销".encode(),
    ]
    assert len(run(b"\n".join(lines) + b"\n")) == len(lines)


def test_a_last_line_without_a_line_feed_counts_and_no_input_gives_no_output():
    assert len(run("注销\n贷款".encode())) == 2
    assert run(b"") == []


def test_explain_adds_the_words_to_items_and_packages():
    (found,) = run("商标被人仿冒，想维权\n".encode(), "--explain", "--json")
    assert found["items"][0]["because"]
    assert found["packages"][0]["because"]


def test_a_line_of_four_megabytes_is_one_line():
    data = "公司想注销，怎么办".encode() + "啊".encode() * 1_400_000 + b"\n" + "公司想注销，怎么办\n".encode()
    assert len(run(data)) == 2


def test_with_a_home_that_station_s_choices_count(tmp_path):
    home = str(tmp_path / "station")
    init = [sys.executable, "-m", "desktop.cli.main", "init", "--home", home, "--demo", "--json"]
    subprocess.run(init, capture_output=True, check=True, timeout=60)
    (found,) = run("公司想注销，怎么办\n".encode(), "--home", home)
    assert found["packages"][0]["name"] == "企业注销一类事"


def test_no_home_makes_no_store(tmp_path, monkeypatch):
    monkeypatch.setenv("QIFU_HOME", str(tmp_path / "none"))
    run("贷款\n".encode())
    assert not (tmp_path / "none").exists()
