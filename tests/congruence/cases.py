"""The table of cases, by name."""

from __future__ import annotations

from itertools import chain

from tests.congruence import case_answers, case_callers, case_calls, case_recorded
from tests.congruence.case import Case

_TABLES = (
    case_calls.apps, case_calls.scaling, case_calls.gpus, case_calls.runners, case_calls.keys, case_calls.secrets,
    case_calls.environments, case_answers.answers, case_answers.errors, case_callers.credentials, case_callers.together,
    case_recorded.recorded,
)  # fmt: skip

CASES: dict[str, Case] = {}
for _case in chain.from_iterable(table() for table in _TABLES):
    assert _case.name not in CASES, f"two cases are called {_case.name}"
    CASES[_case.name] = _case
