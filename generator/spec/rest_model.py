"""What the OpenAPI documents say, as values: types, classes and operations. Frozen; nothing here is text of Python yet."""

from __future__ import annotations

from attrs import frozen


@frozen
class Scalar:
    """A single value; `kind`: str, int, float, bool, datetime, date, UUID, Decimal, bytes, Any or None."""

    kind: str


@frozen
class Const:
    """One value that is always the same."""

    value: str | int | bool


@frozen
class Array:
    """A list."""

    item: Type


@frozen
class Table:
    """A mapping from text to values of one type."""

    values: Type


@frozen
class Named:
    """A class: a model, or an enum of `base` str or int."""

    name: str
    base: str | None = None


@frozen
class Tag:
    """The member that tells the forms of a union apart: value -> class. `above`: the members that it is in, from outside."""

    member: str
    classes: tuple[tuple[str | int | bool, str], ...]
    above: tuple[str, ...] = ()


@frozen
class Union:
    """One of several types; None is one of `forms` where null is one of the values.

    `fixed`: class -> the members that have one of a few values there, so that another value rules the class out.
    """

    forms: tuple[Type, ...]
    tag: Tag | None = None
    fixed: tuple[tuple[str, tuple[tuple[str, tuple[str | int | bool, ...]], ...]], ...] = ()


Type = Scalar | Const | Array | Table | Named | Union
ANY = Scalar("Any")
NULL = Scalar("None")


def is_nullable(kind: Type) -> bool:
    """Return whether null is one of the values."""
    return NULL in kind.forms if isinstance(kind, Union) else kind in (NULL, ANY)


def without_null(kind: Type) -> Type:
    """Return the type of the values that are not null."""
    if not isinstance(kind, Union) or NULL not in kind.forms:
        return kind
    forms = tuple(form for form in kind.forms if form != NULL)
    return forms[0] if len(forms) == 1 else Union(forms, kind.tag, kind.fixed)


@frozen
class Member:
    """One member of an object.

    Attributes:
        reads_empty: Absent, it reads as an empty list or mapping.
        constant: The only value that it has, where the server takes it for granted: a new object says it.
    """

    wire: str
    name: str
    type: Type
    required: bool
    doc: str
    secret: bool = False
    reads_empty: bool = False
    constant: str | int | bool | None = None


@frozen
class Model:
    """An object with members. `extra`: what the members are that the document does not name."""

    name: str
    module: str
    members: tuple[Member, ...]
    extra: Type
    doc: str


@frozen
class EnumClass:
    """An enum that stays open; members as Python name and value."""

    name: str
    module: str
    base: str
    members: tuple[tuple[str, str | int], ...]
    doc: str


@frozen
class Parameter:
    """One parameter of an operation, or one member of its body.

    Attributes:
        place: path, query, header, cookie; json, form, part (of a multipart body); body (the whole of it), raw.
        style: How a list or an object is written there: as in OpenAPI, and `json` where it is a JSON text.
        filename, media_type: Of a part.
    """

    wire: str
    name: str
    place: str
    type: Type
    required: bool
    doc: str
    style: str = ""
    explode: bool = True
    slashes: bool = False
    filename: str = ""
    media_type: str = ""


@frozen
class Body:
    """The body of a request: `kind` is json, form, multipart or raw."""

    kind: str
    media_type: str
    required: bool


@frozen
class Response:
    """A successful response. `kind`: json, text, bytes, events or nothing."""

    statuses: tuple[int, ...]
    kind: str
    type: Type
    media_type: str
    doc: str


@frozen
class Operation:
    """One operation; `name` is the wire's, `function` Python's."""

    name: str
    function: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[Response, ...]
    summary: str
    description: str
    deprecated: bool
    tags: tuple[str, ...]
    accept: str = ""
    host: str = ""  # which of the client's hosts it is on; empty for the first

    def at(self, *places: str) -> list[Parameter]:
        return [item for item in self.parameters if item.place in places]


@frozen
class Rest:
    """Everything that the OpenAPI documents say."""

    models: tuple[Model, ...] = ()
    enums: tuple[EnumClass, ...] = ()
    operations: tuple[Operation, ...] = ()
