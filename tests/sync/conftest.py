"""Homes of a centre with two halls, made once a run."""

from pathlib import Path

import pytest

from tests.sync.halls import make_template


@pytest.fixture(scope="session")
def halls_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("halls") / "template"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QIFU_WITNESS_DIR", str(folder.parent / "witness"))
        for name in ("QIFU_KEY_FILE", "QIFU_PASSPHRASE", "QIFU_HOME"):
            patch.delenv(name, raising=False)
        make_template(folder)
    return folder
