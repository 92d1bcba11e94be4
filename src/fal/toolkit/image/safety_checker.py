"""Black out images that must not be shown. The models load on the runner, when they are first needed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from .reading import filter_by as filter_by

if TYPE_CHECKING:
    from PIL import Image as PILImage

CLASSIFIER = "Falconsai/nsfw_image_detection"
OLDER_CHECKER = "CompVis/stable-diffusion-safety-checker"


def postprocess_images(
    pil_images: list[PILImage.Image], enable_safety_checker: bool = True, safety_checker_version: int = 2
) -> dict[str, Any]:
    """Check images, and black out those that must not be shown.

    Args:
        pil_images: The images.
        enable_safety_checker: False lets all of them pass unseen.
        safety_checker_version: 2 needs torch and transformers among the app's requirements, 1 diffusers and a GPU besides.

    Returns:
        `images`, and `has_nsfw_concepts` with one bool for each.
    """
    if not enable_safety_checker:
        return {"images": pil_images, "has_nsfw_concepts": [False] * len(pil_images)}
    check = run_safety_checker_v2 if safety_checker_version == 2 else run_safety_checker
    flags = check(pil_images)
    return {"images": filter_by(flags, pil_images), "has_nsfw_concepts": flags}


def run_safety_checker_v2(pil_images: list[PILImage.Image], nsfw_threshold: float = 0.5) -> list[bool]:
    """Tell for each image whether it must not be shown.

    Args:
        pil_images: The images.
        nsfw_threshold: How likely that must be, 0 to 1.
    """
    return [probability > nsfw_threshold for probability in nsfw_probabilities(pil_images)]


def nsfw_probabilities(pil_images: list[PILImage.Image]) -> list[float]:
    """Return for each image how likely it must not be shown, 0 to 1."""
    import torch

    model, processor = get_model()
    with torch.no_grad():
        inputs = processor(images=[image.convert("RGB") for image in pil_images], return_tensors="pt")
        logits = model(**{name: inputs[name] for name in inputs}).logits
        return [float(row[1]) for row in torch.softmax(logits, dim=-1)]


@functools.cache
def get_model() -> tuple[Any, Any]:
    """Return the classifier and its processor, loaded once."""
    from transformers import AutoModelForImageClassification, ViTImageProcessor

    return AutoModelForImageClassification.from_pretrained(CLASSIFIER), ViTImageProcessor.from_pretrained(CLASSIFIER)


def run_safety_checker(pil_images: list[PILImage.Image]) -> list[bool]:
    """Tell for each image whether it must not be shown, with the checker of Stable Diffusion, on the GPU."""
    import numpy as np
    import torch

    extractor, checker = load_safety_checker()
    inputs = extractor(pil_images, return_tensors="pt").to("cuda")
    images = [np.array(image) for image in pil_images]
    _, flags = checker(images=images, clip_input=inputs.pixel_values.to(torch.float16))
    return [bool(marked) for marked in flags]


@functools.cache
def load_safety_checker() -> tuple[Any, Any]:
    """Return the extractor of features and the checker, loaded once."""
    import torch
    from diffusers.pipelines.stable_diffusion.safety_checker import (
        StableDiffusionSafetyChecker,
    )
    from transformers import AutoFeatureExtractor

    extractor = AutoFeatureExtractor.from_pretrained(OLDER_CHECKER, torch_dtype="float16")
    checker = StableDiffusionSafetyChecker.from_pretrained(OLDER_CHECKER, torch_dtype=torch.float16)
    return extractor, checker.to("cuda")
