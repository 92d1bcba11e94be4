"""What is recorded of the released toolkit is what it does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.peer_venv import peer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TOOLKIT = Path(__file__).parents[1] / "unit" / "toolkit"


def test_the_released_models_do_what_is_recorded(tmp_path: Path) -> None:
    program = str(TOOLKIT / "observe_models.py")
    done = subprocess.run([str(peer()), program], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert json.loads(done.stdout) == json.loads((TOOLKIT / "released_models.json").read_text(encoding="utf-8"))
