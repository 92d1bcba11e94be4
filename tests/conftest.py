"""What tests of every suite may ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.evidence import note


@pytest.fixture(scope="session")
def evidence() -> Callable[..., None]:
    """Return what writes down what a test did, for the page of evidence of its suite."""
    return note
