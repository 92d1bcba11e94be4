"""What app authors use inside their endpoints: files, images, downloads, caches."""

from __future__ import annotations

from fal._lazy import lazy

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from .audio import Audio as Audio
    from .compilation import get_gpu_type as get_gpu_type
    from .compilation import load_inductor_cache as load_inductor_cache
    from .compilation import sync_inductor_cache as sync_inductor_cache
    from .compilation import synchronized_inductor_cache as synchronized_inductor_cache
    from .constraints import ImageSizeConstraints as ImageSizeConstraints
    from .constraints import ImageValidationConfig as ImageValidationConfig
    from .constraints import ImageValidationOptions as ImageValidationOptions
    from .constraints import VideoNormalizationConfig as VideoNormalizationConfig
    from .constraints import VideoValidationConfig as VideoValidationConfig
    from .constraints import VideoValidationOptions as VideoValidationOptions
    from .constraints import to_xfal as to_xfal
    from .exceptions import FalTookitException as FalTookitException
    from .exceptions import FileUploadException as FileUploadException
    from .exceptions import KVStoreException as KVStoreException
    from .file import CompressedFile as CompressedFile
    from .file import File as File
    from .image import Image as Image
    from .image import ImageSize as ImageSize
    from .image import ImageSizeInput as ImageSizeInput
    from .image import get_image_size as get_image_size
    from .kv import KVStore as KVStore
    from .pydantic import AudioField as AudioField
    from .pydantic import FalBaseModel as FalBaseModel
    from .pydantic import Field as Field
    from .pydantic import FileField as FileField
    from .pydantic import Hidden as Hidden
    from .pydantic import ImageField as ImageField
    from .pydantic import ImageSizeField as ImageSizeField
    from .pydantic import VideoField as VideoField
    from .utils.download_utils import FAL_MODEL_WEIGHTS_DIR as FAL_MODEL_WEIGHTS_DIR
    from .utils.download_utils import FAL_PERSISTENT_DIR as FAL_PERSISTENT_DIR
    from .utils.download_utils import FAL_REPOSITORY_DIR as FAL_REPOSITORY_DIR
    from .utils.download_utils import DownloadError as DownloadError
    from .utils.download_utils import clone_repository as clone_repository
    from .utils.download_utils import download_file as download_file
    from .utils.download_utils import download_model_weights as download_model_weights
    from .video import Video as Video

# The module below this one that has each name. Packing an app reads it, too: only modules that are used travel.
MODULES = {
    "Audio": ".audio.audio",
    "AudioField": ".pydantic",
    "CompressedFile": ".file.file",
    "DownloadError": ".utils.download_utils",
    "FAL_MODEL_WEIGHTS_DIR": ".utils.download_utils",
    "FAL_PERSISTENT_DIR": ".utils.download_utils",
    "FAL_REPOSITORY_DIR": ".utils.download_utils",
    "FalBaseModel": ".pydantic",
    "FalTookitException": ".exceptions",
    "Field": ".pydantic",
    "File": ".file.file",
    "FileField": ".pydantic",
    "FileUploadException": ".exceptions",
    "Hidden": ".pydantic",
    "Image": ".image.image",
    "ImageField": ".pydantic",
    "ImageSize": ".image.image",
    "ImageSizeConstraints": ".constraints",
    "ImageSizeField": ".pydantic",
    "ImageSizeInput": ".image.image",
    "ImageValidationConfig": ".constraints",
    "ImageValidationOptions": ".constraints",
    "KVStore": ".kv",
    "KVStoreException": ".exceptions",
    "Video": ".video.video",
    "VideoField": ".pydantic",
    "VideoNormalizationConfig": ".constraints",
    "VideoValidationConfig": ".constraints",
    "VideoValidationOptions": ".constraints",
    "clone_repository": ".utils.download_utils",
    "download_file": ".utils.download_utils",
    "download_model_weights": ".utils.download_utils",
    "get_gpu_type": ".compilation",
    "get_image_size": ".image.image",
    "load_inductor_cache": ".compilation",
    "sync_inductor_cache": ".compilation",
    "synchronized_inductor_cache": ".compilation",
    "to_xfal": ".constraints",
}

__all__ = sorted(MODULES)  # pyright: ignore[reportUnsupportedDunderAll]

__getattr__, __dir__ = lazy(globals(), MODULES)
