"""Before models are loaded."""

from __future__ import annotations

import functools
import os
from typing import Any


def patch_onnx_runtime(
    inter_op_num_threads: int = 16, intra_op_num_threads: int = 16, omp_num_threads: int = 16
) -> None:
    """Limit the threads of every onnxruntime session made from now on: by default each takes all cores of the machine.

    Args:
        inter_op_num_threads: Threads across operators.
        intra_op_num_threads: Threads within one.
        omp_num_threads: Threads of OpenMP.
    """
    import onnxruntime

    os.environ["OMP_NUM_THREADS"] = str(omp_num_threads)
    made = onnxruntime.InferenceSession.__init__

    @functools.wraps(made)
    def limited(self: Any, *args: Any, sess_options: Any = None, **kwargs: Any) -> None:
        options = sess_options or onnxruntime.SessionOptions()
        options.inter_op_num_threads = inter_op_num_threads
        options.intra_op_num_threads = intra_op_num_threads
        made(self, *args, sess_options=options, **kwargs)

    onnxruntime.InferenceSession.__init__ = limited
