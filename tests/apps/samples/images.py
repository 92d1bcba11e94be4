"""Image generation with a stub in place of a model."""

from pydantic import BaseModel

import fal
from fal.exceptions import FieldException
from fal.toolkit import FalBaseModel, Field, Hidden, Image, ImageField, ImageSizeInput, get_image_size
from fal.toolkit.image.safety_checker import postprocess_images


class Input(FalBaseModel):
    FIELD_ORDERS = ["prompt"]
    image_size: ImageSizeInput = Field(default="square", description="The size of the image.")
    prompt: str = Field(description="What to show.", examples=["a cat"])
    num_images: int = Field(default=1, ge=1, le=4)
    source: Image | None = ImageField(default=None, description="An image to begin with.")
    debug: bool = Hidden(Field(default=False))


class Output(BaseModel):
    images: list[Image] = Field(description="The images.")
    seed: int
    has_nsfw_concepts: list[bool]


class Images(fal.App, name="apps-images"):
    requirements = ["pillow"]

    def setup(self) -> None:
        self.colours = {"a cat": "black"}

    @fal.endpoint("/")
    def generate(self, input: Input) -> Output:
        from PIL import Image as Pillow

        if input.prompt not in self.colours:
            raise FieldException("prompt", "There is no such thing.")
        size = get_image_size(input.image_size)
        made = [Pillow.new("RGB", (size.width, size.height), self.colours[input.prompt])] * input.num_images
        checked = postprocess_images(made, enable_safety_checker=False)
        images = [
            Image.from_pil(image, file_name=f"{number}.png", repository="in_memory")
            for number, image in enumerate(checked["images"])
        ]
        return Output(images=images, seed=7, has_nsfw_concepts=checked["has_nsfw_concepts"])

    @fal.endpoint("/look")
    def look(self, input: Input) -> dict:
        assert input.source is not None
        return {"url": input.source.url, "content_type": input.source.content_type}
