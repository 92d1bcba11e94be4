"""Run the peer's command and end with its status at once: executed by the interpreter that has the peer.

Once in a while the peer's threads keep the interpreter from ending, after all is done and said.
"""

from __future__ import annotations

import os
import runpy
import sys
import traceback

sys.path[0] = ""  # as for a module that is run
status = 1
try:
    runpy.run_module("fal", run_name="__main__", alter_sys=True)
    status = 0
except SystemExit as end:
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
    status = end.code if isinstance(end.code, int) else int(end.code is not None)
except Exception:
    traceback.print_exc()
finally:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
