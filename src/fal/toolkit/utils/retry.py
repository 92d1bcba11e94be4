"""Call something again that fails now and then."""

from __future__ import annotations

import asyncio
import functools
import inspect
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

BackoffType = Literal["exponential", "fixed"]
F = TypeVar("F", bound=Callable[..., Any])


def retry(
    max_retries: int = 3,
    base_delay: float = 1.0,
    max_delay: float = 60.0,
    backoff_type: BackoffType = "exponential",
    jitter: bool = False,
    should_retry: Callable[[Exception], bool] | None = None,
) -> Callable[[F], F]:
    """Return a decorator that calls a function, plain or async, again when it raises.

    Args:
        max_retries: How often it is called in all.
        base_delay: Seconds before the second call.
        max_delay: Most seconds between two calls.
        backoff_type: Whether the pause doubles each time, or stays.
        jitter: Whether pauses vary by half, so that callers do not come all at once.
        should_retry: Says of an error whether to call again; all errors do when left out.

    Raises:
        ValueError: `max_retries` is less than 1.

    Example:
        @retry(max_retries=5)
        def load():
            return download_file("https://example.com/model.bin", "/data/models")
    """
    if max_retries < 1:
        raise ValueError(f"max_retries: {max_retries} is less than one call; pass at least 1")

    def pauses() -> Iterator[float]:
        for number in range(max_retries - 1):
            pause = min(base_delay * (2**number if backoff_type == "exponential" else 1), max_delay)
            yield pause * (random.uniform(0.5, 1.5) if jitter else 1)

    def next_pause(left: Iterator[float], error: Exception) -> float:
        pause = None if should_retry is not None and not should_retry(error) else next(left, None)
        if pause is None:
            raise error
        print(f"{type(error).__name__}: {error}; again in {pause:.1f} s", flush=True)
        return pause

    def decorate(function: F) -> F:
        @functools.wraps(function)
        async def again_async(*args: Any, **kwargs: Any) -> Any:
            left = pauses()
            while True:
                try:
                    return await function(*args, **kwargs)
                except Exception as error:
                    await asyncio.sleep(next_pause(left, error))

        @functools.wraps(function)
        def again(*args: Any, **kwargs: Any) -> Any:
            left = pauses()
            while True:
                try:
                    return function(*args, **kwargs)
                except Exception as error:
                    time.sleep(next_pause(left, error))

        made: Any = again_async if inspect.iscoroutinefunction(function) else again
        return made  # type: ignore[no-any-return]

    return decorate
