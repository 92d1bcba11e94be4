"""The tables of cases, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from tests.congruence import case_answers, case_callers, case_calls, case_deploys, case_projects, case_recorded
from tests.congruence.case import Case


def _by_name(*tables: Callable[[], Iterator[Case]]) -> dict[str, Case]:
    collected: dict[str, Case] = {}
    for case in chain.from_iterable(table() for table in tables):
        assert case.name not in collected, f"two cases are called {case.name}"
        collected[case.name] = case
    return collected


CALLS = _by_name(
    case_calls.apps, case_calls.scaling, case_calls.gpus, case_calls.runners, case_calls.keys, case_calls.secrets,
    case_calls.environments, case_answers.answers, case_answers.errors, case_callers.credentials, case_callers.together,
    case_recorded.recorded,
)  # fmt: skip
DEPLOYS = _by_name(
    case_deploys.apps, case_deploys.settings, case_deploys.functions, case_deploys.servers,
    case_projects.files, case_projects.projects,
)  # fmt: skip
CASES = {**CALLS, **DEPLOYS}
