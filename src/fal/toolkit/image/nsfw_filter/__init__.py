"""How likely an image must not be shown. The model loads on the runner, when it is first needed."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ..reading import read_image_from_url
from ..safety_checker import nsfw_probabilities


class NSFWImageDetectionInput(BaseModel):
    image_url: str = Field(
        description="Input image url.",
        examples=["https://storage.googleapis.com/falserverless/model_tests/remove_background/elephant.jpg"],
    )


class NSFWImageDetectionOutput(BaseModel):
    nsfw_probability: float = Field(description="The probability of the image being NSFW.")


def run_nsfw_estimation(input: NSFWImageDetectionInput) -> NSFWImageDetectionOutput:
    """Return how likely the image at an address must not be shown.

    Args:
        input: Its address.

    Raises:
        FieldException: The image cannot be read.
    """
    return NSFWImageDetectionOutput(nsfw_probability=nsfw_probabilities([read_image_from_url(input.image_url)])[0])
