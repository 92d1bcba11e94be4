"""What an app knows of itself and of its request, and its hooks."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import fal
from fal.compat import run_in_thread
from fal.ref import get_current_app
from fal.toolkit import FAL_MODEL_WEIGHTS_DIR, FAL_PERSISTENT_DIR, FAL_REPOSITORY_DIR


def preference() -> dict | None:
    app = get_current_app()
    return app.current_request.lifecycle_preference if app and app.current_request else None


@fal.cached
def model() -> dict:
    return {"loaded": True}


class Note(BaseModel):
    text: str = "nothing"
    folder: str = str(FAL_PERSISTENT_DIR)


class Context(fal.App, name="apps-context"):
    def setup(self) -> None:
        self.ready = True

    def provide_hints(self) -> list[str]:
        return ["sd", "é", "a\U0001f600", ""]

    def _add_extra_routes(self, app) -> None:
        super()._add_extra_routes(app)

        @app.get("/ready")
        def ready() -> dict:
            return {"ready": self.ready}

    @fal.endpoint("/")
    async def run(self, note: Note, request: Request) -> dict:
        seen = await run_in_thread(preference)
        same = get_current_app().current_request.request_id == request.headers["x-fal-request-id"]
        return {"note": note.model_dump(), "preference": seen, "same": same, **model()}

    @fal.endpoint("/folders")
    def folders(self) -> list[str]:
        return [str(FAL_PERSISTENT_DIR), str(FAL_MODEL_WEIGHTS_DIR), str(FAL_REPOSITORY_DIR)]

    @fal.endpoint("/stream")
    def stream(self, note: Note):
        for letter in note.text:
            yield Note(text=letter)

    @fal.endpoint("/letters")
    def letters(self, note: Note) -> StreamingResponse:
        def each() -> Iterator[str]:
            for letter in note.text:
                if letter == "!":
                    raise ValueError("broken")
                yield f'data: {{"letter": "{letter}"}}\n\n'

        return StreamingResponse(each(), media_type="text/event-stream")
