"""Downloads, repositories, and what endpoints need now and then."""

from __future__ import annotations

from fal._lazy import lazy

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from .download_utils import FAL_MODEL_WEIGHTS_DIR as FAL_MODEL_WEIGHTS_DIR
    from .download_utils import FAL_PERSISTENT_DIR as FAL_PERSISTENT_DIR
    from .download_utils import FAL_REPOSITORY_DIR as FAL_REPOSITORY_DIR
    from .download_utils import DownloadError as DownloadError
    from .download_utils import clone_repository as clone_repository
    from .download_utils import download_file as download_file
    from .download_utils import download_model_weights as download_model_weights
    from .setup_utils import patch_onnx_runtime as patch_onnx_runtime

# The module below this one that has each name. Packing an app reads it, too: only modules that are used travel.
MODULES = {
    "DownloadError": ".download_utils",
    "FAL_MODEL_WEIGHTS_DIR": ".download_utils",
    "FAL_PERSISTENT_DIR": ".download_utils",
    "FAL_REPOSITORY_DIR": ".download_utils",
    "clone_repository": ".download_utils",
    "download_file": ".download_utils",
    "download_model_weights": ".download_utils",
    "patch_onnx_runtime": ".setup_utils",
}

__getattr__, __dir__ = lazy(globals(), MODULES)
