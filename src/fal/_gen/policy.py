# Generated from spec/; do not edit. Regenerate with: just generate
"""The deadline and retry policy of every RPC. Durations are in seconds."""

from __future__ import annotations

from fal._gen.method import Policy

BUILD_ENVIRONMENT = Policy(
    deadline=3600.0,
    attempt_timeout=None,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
CREATE_ENVIRONMENT = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
CREATE_USER_KEY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
DELETE_ALIAS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
DELETE_APPLICATION = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
DELETE_ENVIRONMENT = Policy(
    deadline=120.0,
    attempt_timeout=120.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
INTERACTIVE_RUN = Policy(
    deadline=3600.0,
    attempt_timeout=None,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
KILL_RUNNER = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
LIST_ALIAS_RUNNERS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
LIST_ALIASES = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
LIST_APPLICATIONS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
LIST_ENVIRONMENTS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
LIST_RUNNERS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
LIST_SECRETS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
LIST_USER_KEYS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=5,
)
MAP = Policy(
    deadline=3600.0,
    attempt_timeout=None,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
REGISTER_APPLICATION = Policy(
    deadline=3600.0,
    attempt_timeout=None,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
REVOKE_USER_KEY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
ROLLOUT_APPLICATION = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
RUN = Policy(
    deadline=3600.0,
    attempt_timeout=None,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
SET_ALIAS = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
SET_SECRET = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
SHELL_RUNNER = Policy(
    deadline=None,
    attempt_timeout=None,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
STOP_RUNNER = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
UPDATE_APPLICATION = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(
        {
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
        }
    ),
    max_attempts=3,
)
