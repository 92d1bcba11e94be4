"""Models that converters fill on a faster path are the models that their constructors make."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from fal._gen import models, readers

MODELS = {name: getattr(models, name) for name in models.__all__ if dataclasses.is_dataclass(getattr(models, name))}
MAKERS: dict[str, Callable[..., Any]] = {
    maker.__annotations__["return"]: maker
    for item in pkgutil.iter_modules(readers.__path__, f"{readers.__name__}.")
    for maker in [importlib.import_module(item.name)._made]
}


def test_every_model_has_its_maker() -> None:
    assert MAKERS.keys() == MODELS.keys()
    assert len(MODELS) > 10


@pytest.mark.parametrize("name", MODELS)
def test_a_made_model_is_like_a_constructed_one(name: str) -> None:
    kind = MODELS[name]
    fields = [field.name for field in dataclasses.fields(kind)]
    assert list(inspect.signature(MAKERS[name]).parameters) == fields
    values = [f"value of {field}" for field in fields]
    made, constructed = MAKERS[name](*values), kind(*values)
    assert type(made) is kind
    assert made == constructed
    assert hash(made) == hash(constructed)
    assert repr(made) == repr(constructed)
    assert dataclasses.asdict(made) == dict(zip(fields, values, strict=True))
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == dataclasses.replace(made) == constructed
    assert vars(made) == vars(constructed) == dataclasses.asdict(made)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, fields[0], "another")


def test_names_of_the_generated_module_are_free_for_fields(compile_proto: Callable[..., ModuleType]) -> None:
    result: Any = compile_proto(
        'syntax = "proto3";\npackage odd;\nservice S { rpc Do(Req) returns (Res); }\n'
        "message Req {}\nmessage Models { int32 drafts = 1; }\nenum Colour { RED = 0; BLUE = 1; }\n"
        "message Res { int32 models = 1; optional int32 drafts = 2; optional Colour Colour = 3; Models m = 4;\n"
        "  optional bool res = 5; optional string wellknown = 6; int32 self = 7; }\n",
        '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
    )
    pb = result.proto.it_pb2
    made = result.convert.res(
        pb.Res(models=1, drafts=0, Colour=1, m=pb.Models(drafts=4), res=True, wellknown="w", self=7)
    )
    values = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
    assert made == result.models.Res(**values)
    assert list(values.values()) == [1, 0, "BLUE", values["m"], True, "w", 7]
    assert values["m"].drafts == 4
