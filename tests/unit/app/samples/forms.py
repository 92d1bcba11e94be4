"""An app that takes forms and files, as browsers send them."""

from typing import Annotated, Any

from fastapi import Cookie, Depends, File, Form, Query, Request, UploadFile

import fal


def token(request: Request) -> str:
    return request.headers.get("x-token", "none")


class Forms(fal.App):
    @fal.endpoint("/fields")
    def fields(self, name: Annotated[str, Form()], number: int = Form(3)) -> dict[str, Any]:
        return {"name": name, "number": number}

    @fal.endpoint("/files")
    async def files(self, file: UploadFile, more: Annotated[list[UploadFile], File()]) -> dict[str, Any]:
        content = (await file.read()).decode()
        return {"name": file.filename, "content": content, "more": [each.filename for each in more]}

    @fal.endpoint("/parts")
    def parts(
        self, number: int = Query(1), by: str = Depends(token), taste: Annotated[str | None, Cookie()] = None
    ) -> dict[str, Any]:
        return {"number": number, "by": by, "taste": taste}
