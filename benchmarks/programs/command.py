"""A command line, ours or the peer's, whose scripts begin alike: python command.py WORD..."""

from __future__ import annotations

import contextlib

import timing

from fal.cli import main

with contextlib.suppress(SystemExit):
    main()
timing.result()
