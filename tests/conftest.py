"""What tests of every suite may ask for."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.evidence import note

if TYPE_CHECKING:
    from fal_emulator import Plane

# A busy machine takes its time; what is tried stays in memory; and a fixture that serves all examples of a test is meant to.
settings.register_profile(
    "tests",
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tests")

# Shells start background jobs with Ctrl-C ignored, and the programs that tests interrupt would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What tests see must not depend on what is installed here; `just containers` looks for an engine.
os.environ["FAL_LOCAL_CONTAINER_ENGINE"] = "no-container-engine"


@pytest.fixture(scope="session")
def evidence() -> Callable[..., None]:
    """Return what writes down what a test did, for the page of evidence of its suite."""
    return note


@pytest.fixture(scope="session")
def running_plane() -> Iterator[Plane]:
    """The control plane that fal's own clients and the browser use, all suites in turn: each begins by resetting it."""
    import fal_emulator

    with fal_emulator.start() as started:  # it builds environments, as one does that somebody starts
        yield started


@pytest.fixture(scope="session", autouse=True)
def _measure_no_other_pytest() -> Iterator[None]:
    """Keep `just coverage` from a pytest that a test starts, which would measure and report elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SLIPCOVER_ENABLED", raising=False)
        yield
