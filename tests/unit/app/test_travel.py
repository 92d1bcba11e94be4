"""What stands at module level of an app's file, and what of it is there on a runner."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fal.app.bundle import pack
from fal.app.bundle.verify import verified
from fal.deploy.errors import AppInvalid
from fal.deploy.locate.loader import find_app, load

APP = """\
import fal

{pre}

@fal.function()
def probe():
    return {what}
"""
RUN = "import json, pickle, sys; print(json.dumps(pickle.load(open(sys.argv[1], 'rb'))()))"


def packed(folder: Path, pre: str, what: str) -> bytes:
    file = folder / "app.py"
    file.write_text(APP.format(pre=pre, what=what))
    with load(file) as loaded:
        bundle = pack.dump(find_app(loaded, None)[0])
        with verified("probe", bundle, (folder, Path.cwd())):
            pass
    return bundle


def test_a_deploy_that_fails_meanwhile_does_not_wait_for_its_bundle() -> None:
    class Endless:
        def __reduce__(self) -> tuple[object, tuple[int]]:
            return time.sleep, (3600,)

    with pytest.raises(KeyError), verified("probe", pickle.dumps(Endless()), ()):
        raise KeyError


def on_a_runner(folder: Path, pre: str, what: str) -> object:
    (folder / "bundle").write_bytes(packed(folder, pre, what))
    (folder / "app.py").unlink()
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, "bundle"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "IS_ISOLATE_AGENT": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


TRAVELS = {
    "lru_cache": ("import functools\n@functools.lru_cache(maxsize=5)\ndef f(x): return x + 1", "f(1)", 2),
    "its size": ("import functools\n@functools.lru_cache(maxsize=5)\ndef f(x): return x", "f.cache_info().maxsize", 5),
    "its results": (
        "import functools\n@functools.cache\ndef f(x): return x\nf(1)\nf(1)",
        "f.cache_info().currsize",
        0,
    ),
    "cache that calls itself": (
        "import functools\n@functools.cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)",
        "fib(30)",
        832040,
    ),
    "cached method": (
        "import functools\nclass C:\n    @functools.lru_cache\n    def f(self): return 7",
        "C().f()",
        7,
    ),
    "cached_property": (
        "import functools\nclass C:\n    @functools.cached_property\n    def f(self): return [7]",
        "(lambda c: c.f is c.f)(C())",
        True,
    ),
    "singledispatch": (
        "import functools\n@functools.singledispatch\ndef f(x): return 'any'\n@f.register\ndef _(x: int): return 'int'",
        "[f(1), f('')]",
        ["int", "any"],
    ),
    "partial": ("import functools\nf = functools.partial(int, base=2)", "f('101')", 5),
    "Lock": ("import threading\nLOCK = threading.Lock()\nLOCK.acquire()", "LOCK.acquire(False)", True),
    "RLock": ("import threading\nLOCK = threading.RLock()", "[LOCK.acquire(), LOCK.acquire()]", [True, True]),
    "Event": ("import threading\nE = threading.Event()", "[E.wait(0), E.set(), E.wait(0)]", [False, None, True]),
    "Condition": (
        "import threading\nC = threading.Condition()\ndef f():\n    with C: C.notify_all()\n    return 1",
        "f()",
        1,
    ),
    "Semaphore": (
        "import threading\nS = threading.BoundedSemaphore(2)",
        "[S.acquire(False) for _ in range(3)]",
        [True, True, False],
    ),
    "Barrier": ("import threading\nB = threading.Barrier(1)", "B.wait(1)", 0),
    "local": ("import threading\nL = threading.local()\nL.x = 1", "hasattr(L, 'x')", False),
    "Queue": ("import queue\nQ = queue.Queue(3)\nQ.put(1)", "[Q.maxsize, Q.get(timeout=1)]", [3, 1]),
    "SimpleQueue": ("import queue\nQ = queue.SimpleQueue()", "[Q.put(1), Q.get()]", [None, 1]),
    "asyncio": (
        "import asyncio\nL, E, Q = asyncio.Lock(), asyncio.Event(), asyncio.Queue(2)\n"
        "async def f():\n    async with L: await Q.put(1)\n    return [await Q.get(), E.is_set()]",
        "asyncio.run(f())",
        [1, False],
    ),
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor\nPOOL = ThreadPoolExecutor(3, 'mine')",
        "[POOL._max_workers, POOL.submit(int, '5').result()]",
        [3, 5],
    ),
    "ContextVar": (
        "from contextvars import ContextVar\nA, B = ContextVar('a', default=1), ContextVar('b')\nA.set(2)",
        "[A.get(), B.get(None)]",
        [1, None],
    ),
    "what a pool starts its threads with": (
        "from concurrent.futures import ThreadPoolExecutor\nimport threading\nL = threading.local()\n"
        "def init(x): L.x = x\nP = ThreadPoolExecutor(1, initializer=init, initargs=(4,))\ndef look(): return L.x",
        "P.submit(look).result()",
        4,
    ),
    "locks of multiprocessing": (
        "import multiprocessing as mp\nL, R, C, E = mp.Lock(), mp.RLock(), mp.Condition(), mp.Event()\n"
        "S, B, Q = mp.Semaphore(2), mp.BoundedSemaphore(1), mp.Queue(3)\n"
        "def f():\n    with L, R, C, B: Q.put(1)\n    return [E.is_set(), Q.get(timeout=60), *(S.acquire(False) for _ in 'abc')]",
        "f()",
        [False, 1, True, True, False],
    ),
    "weak registries": (
        "import weakref\nS, V, K = weakref.WeakSet(), weakref.WeakValueDictionary(), weakref.WeakKeyDictionary()\n"
        "class Base:\n    def __init_subclass__(cls):\n        S.add(cls)\n        V[cls.__name__] = cls\n        K[cls] = 1\n"
        "    def all(self): return S\nclass A(Base): pass\nR, GONE = weakref.ref(A), weakref.ref(set())",
        "[set(S) == {A}, V['A'] is A, K[A], A().all() is S, R() is A, GONE()]",
        [True, True, 1, True, True, None],
    ),
    "a class that registers its subclasses": (
        "REG = {}\nclass Base:\n    def __init_subclass__(cls, /, kind):\n        REG[kind] = cls, cls.text\n"
        "class A(Base, kind='a'): text = 'A'\nclass B(A, kind='b'): text = 'B'",
        "[A.text, REG['a'] == (A, 'A'), REG['b'] == (B, 'B'), list(REG)]",
        ["A", True, True, ["a", "b"]],
    ),
    "a model that registers its subclasses": (
        "from pydantic import BaseModel\nREG = []\nclass Base(BaseModel):\n    @classmethod\n"
        "    def __pydantic_init_subclass__(cls, **options): REG.append(cls)\nclass A(Base): x: int = 1",
        "[A().x, REG == [A]]",
        [1, True],
    ),
    "a metaclass that registers its classes": (
        "import abc\nREG = {}\nclass Meta(abc.ABCMeta):\n"
        "    def __prepare__(name, bases, kind): return {'kind': kind}\n"
        "    def __new__(cls, name, bases, space, kind):\n        REG[kind] = made = super().__new__(cls, name, bases, space)\n"
        "        return made\n    def __init__(self, name, bases, space, kind): self.number = len(REG)\n"
        "class A(metaclass=Meta, kind='a'): pass\nclass B(A, kind='b'):\n    @abc.abstractmethod\n    def f(self): pass",
        "[A.number, B.number, B.kind, REG == {'a': A, 'b': B}, list(B.__abstractmethods__), issubclass(B, A)]",
        [1, 2, "b", True, ["f"], True],
    ),
    "context managers that decorate": (
        "import asyncio, contextlib\nLOG = []\n"
        "@contextlib.contextmanager\ndef timed(name, *, end):\n    LOG.append(name)\n    yield\n    LOG.append(end)\n"
        "@contextlib.asynccontextmanager\nasync def noted():\n    LOG.append('noted')\n    yield\n"
        "@timed('f', end='end')\ndef f(): return 1\n@noted()\nasync def g(): return 2",
        "[f(), f(), asyncio.run(g()), LOG]",
        [1, 1, 2, ["f", "end", "f", "end", "noted"]],
    ),
    "SystemRandom": ("import random\nR = random.SystemRandom()", "R.random() < 1", True),
    "what sys has one of": (
        "import sys\nfrom sys import version_info\nFLAGS, FLOAT = sys.flags, sys.float_info",
        "[version_info[0], FLAGS is sys.flags, FLOAT.radix]",
        [3, True, 2],
    ),
    "MappingProxyType": ("import types\nM = types.MappingProxyType({'a': 1})", "M['a']", 1),
    "Struct": ("import struct\nS = struct.Struct('<I')", "S.size", 4),
    "handler": (
        "import logging, sys\nH = logging.StreamHandler(sys.stdout)\nLOG = logging.getLogger('mine')",
        "[H.level, LOG.name]",
        [0, "mine"],
    ),
    "handler with a file": (
        "import logging, tempfile\nclass F(logging.FileHandler):\n    def __del__(self): self.close()\n"
        "H = F(tempfile.mktemp())\n"
        "def f():\n    H.emit(logging.makeLogRecord({'msg': 'hi'}))\n    return open(H.baseFilename).read()",
        "f()",
        "hi\n",
    ),
    "compiled function": (
        "SPACE = {}\nexec('def f(): return 3', SPACE)\nSPACE['f'].__module__ = None\nf = SPACE['f']",
        "f()",
        3,
    ),
    "enum with attributes": (
        "import enum\nclass E(enum.Enum):\n    A = 1, 'x'\n    B = 2, 'y'\n"
        "    def __new__(cls, number, label):\n        made = object.__new__(cls)\n        made._value_ = number\n"
        "        return made\n    def __init__(self, number, label): self.label = label",
        "[E(2).label, E['A'].value]",
        ["y", 1],
    ),
    "other names of an enum's members": (
        "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 1\nclass F(enum.Flag):\n    X = 1\n    Y = 2\n    XY = 3",
        "[E['B'] is E.A, E.B is E.A, F['XY'] is F.X | F.Y, list(F.__members__)]",
        [True, True, True, ["X", "Y", "XY"]],
    ),
    "functions that are members of an enum": (
        "import enum\nclass Step(enum.Enum):\n    NEXT = enum.member(lambda number: number + 1)",
        "[Step.NEXT.value(1), len(Step)]",
        [2, 1],
    ),
    "keyword-only marker": (
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    _: dataclasses.KW_ONLY\n    y: int = 2",
        "[D(y=3).y, D.__annotations__['_'] is dataclasses.KW_ONLY]",
        [3, True],
    ),
    "validate_call": (
        "from pydantic import BaseModel, validate_call\nclass In(BaseModel):\n    x: int\n"
        "@validate_call(validate_return=True)\ndef f(n: In, *, y: int = 2) -> int: return n.x + y\n"
        "class C:\n    @validate_call\n    def f(self, y: int): return y",
        "[f({'x': '3'}), C().f('4')]",
        [5, 4],
    ),
    "generic model": (
        "from typing import Generic, Optional, TypeVar\nfrom pydantic import BaseModel\n"
        "T = TypeVar('T')\nclass Node(BaseModel, Generic[T]):\n    value: T\n    next: 'Optional[Node[T]]' = None\n"
        "class X(BaseModel):\n    x: int",
        "[Node[X](value={'x': 1}, next={'value': {'x': '2'}}).next.value.x, Node[int](value='3', next={'value': 4}).next.value]",
        [2, 4],
    ),
    "type alias of typing_extensions": (
        "from typing_extensions import TypeAliasType\nfrom pydantic import BaseModel\n"
        "Ids = TypeAliasType('Ids', list[int])\nclass In(BaseModel):\n    ids: Ids",
        "[In(ids=['1']).ids, Ids.__name__]",
        [[1], "Ids"],
    ),
    "exceptions": (
        "from fastapi import HTTPException\nclass Failed(Exception):\n    def __init__(self, code, *, why):\n"
        "        super().__init__(f'{code}: {why}')\n        self.code = code\nFAILED = Failed(3, why='so')\n"
        "REFUSED = HTTPException(status_code=401, detail='no')\nABSENT = FileNotFoundError(2, 'none', 'a.txt')",
        "[str(FAILED), FAILED.code, REFUSED.status_code, REFUSED.detail, ABSENT.filename]",
        ["3: so", 3, 401, "no", "a.txt"],
    ),
    "what answers for attributes that it does not have": (
        "from fastapi import FastAPI\nAPP = FastAPI(title='Mine')\nclass Lazy:\n    def __init__(self, value): self.inner = value\n"
        "    def __getattr__(self, name): return getattr(self.inner, name)\nclass Slotted:\n    __slots__ = ('value',)\n"
        "    def __getattr__(self, name): return self.value\nLAZY, SLOTTED = Lazy('a'), Slotted()\nSLOTTED.value = 2\n"
        "class Bag(dict):\n    def __getattr__(self, name): return self[name]\nBAG = Bag(a=3)",
        "[APP.title, LAZY.upper(), SLOTTED.other, BAG.a]",
        ["Mine", "A", 2, 3],
    ),
    "json.JSONDecoder": (
        "import json\nDECODER = json.JSONDecoder(object_hook=lambda made: {**made, 'b': 2}, parse_float=str)",
        "DECODER.decode('{\"a\": 1.5}')",
        {"a": "1.5", "b": 2},
    ),
    "NewType": (
        "import typing\nUserId = typing.NewType('UserId', int)",
        "[UserId(3), UserId.__supertype__.__name__]",
        [3, "int"],
    ),
    "ParamSpec": (
        "import typing\nP = typing.ParamSpec('P')\nT = typing.TypeVar('T')\n"
        "def deco(f: typing.Callable[P, T]) -> typing.Callable[P, T]: return f\n@deco\ndef f(): return 1",
        "[f(), P.__name__]",
        [1, "P"],
    ),
    "generic class": (
        "import typing\nT = typing.TypeVar('T')\nTs = typing.TypeVarTuple('Ts')\nclass Box(typing.Generic[T]):\n"
        "    def __init__(self, x: T) -> None: self.x = x",
        "[Box[int](1).x, Ts.__name__]",
        [1, "Ts"],
    ),
    "dataclass, enum, named tuple": (
        "import dataclasses, enum, typing\n@dataclasses.dataclass\nclass D:\n    a: int = 1\n"
        "class E(enum.Enum):\n    A = 'a'\nclass N(typing.NamedTuple):\n    x: int = 2",
        "[D().a, E('a').name, N().x]",
        [1, "A", 2],
    ),
    "nested models": (
        "from pydantic import BaseModel\nclass In(BaseModel):\n    a: int\nclass Out(BaseModel):\n    inner: In\n"
        "    more: 'list[Out]' = []",
        "Out(inner={'a': 1}, more=[{'inner': {'a': 2}}]).model_dump()",
        {"inner": {"a": 1}, "more": [{"inner": {"a": 2}, "more": []}]},
    ),
    "types that refer to later ones": (
        "import dataclasses\nfrom typing import Optional\nfrom typing_extensions import NotRequired, TypedDict\n"
        "from pydantic import BaseModel\nclass Part(TypedDict):\n    a: int\n    more: NotRequired['Rest']\n"
        "class Rest(TypedDict):\n    parts: list['Part']\n@dataclasses.dataclass\nclass Node:\n"
        "    kids: list['Node'] = dataclasses.field(default_factory=list)\n    part: Optional['Part'] = None\n"
        "class In(BaseModel):\n    part: Part\n    node: Node",
        "(lambda made: [made.part, made.node.kids[0].part])("
        "In(part={'a': '1', 'more': {'parts': [{'a': '2'}]}}, node={'kids': [{'part': {'a': '3'}}]}))",
        [{"a": 1, "more": {"parts": [{"a": 2}]}}, {"a": 3}],
    ),
    "type aliases of typing_extensions that are made of themselves": (
        "from typing import TypeVar, Union\nfrom typing_extensions import TypeAliasType\nfrom pydantic import BaseModel\n"
        "T = TypeVar('T')\nJson = TypeAliasType('Json', 'Union[dict[str, Json], list[Json], int]')\n"
        "Many = TypeAliasType('Many', Union[T, list['Many[T]']], type_params=(T,))\n"
        "Tree = TypeAliasType('Tree', 'Union[Node, int]')\nclass Node(BaseModel):\n    kids: list[Tree] = []\n"
        "class In(BaseModel):\n    json_: Json\n    many: Many[int]\n    tree: Tree",
        "In(json_={'a': [1]}, many=[['2']], tree={'kids': [{'kids': [3]}]}).model_dump()",
        {"json_": {"a": [1]}, "many": [[2]], "tree": {"kids": [{"kids": [3]}]}},
    ),
    "NewType in a model": (
        "import typing\nfrom pydantic import BaseModel\nUserId = typing.NewType('UserId', int)\n"
        "class In(BaseModel):\n    user: UserId",
        "In(user='3').user",
        3,
    ),
    "what each process has one of": (
        "import os, random, sys\nfrom os import environ\nfrom random import choice, random as draw\nfrom sys import path\n"
        "class Settings:\n    environment = os.environ",
        "[Settings.environment is environ is os.environ, choice.__self__ is draw.__self__ is random._inst, path is sys.path]",
        [True, True, True],
    ),
    "sentinel": ("NOTHING = object()\ndef f(x=NOTHING): return x is NOTHING", "[f(), f(1)]", [True, False]),
}
if sys.version_info >= (3, 12):
    TRAVELS["type alias"] = (
        "from pydantic import BaseModel\ntype Ids = list[int]\nclass In(BaseModel):\n    ids: Ids",
        "[In(ids=['1']).ids, Ids.__name__]",
        [[1], "Ids"],
    )
    TRAVELS["type alias whose name is no identifier"] = (
        "import typing\nfrom pydantic import BaseModel\nIds = typing.TypeAliasType('list of ids', list[int])\n"
        "class In(BaseModel):\n    ids: Ids",
        "[In(ids=['1']).ids, Ids.__name__]",
        [[1], "list of ids"],
    )
    TRAVELS["type aliases that are made of themselves"] = (
        "from pydantic import BaseModel\ntype Json = dict[str, Json] | list[Json] | int\n"
        "type A = int | list[B]\ntype B = dict[str, A]\ntype Tree = Node | int\n"
        "class Node(BaseModel):\n    kids: list[Tree] = []\nclass In(BaseModel):\n    json_: Json\n    a: A\n    tree: Tree",
        "In(json_={'a': [1]}, a=[{'b': '2'}], tree={'kids': [{'kids': [3]}]}).model_dump()",
        {"json_": {"a": [1]}, "a": [{"b": 2}], "tree": {"kids": [{"kids": [3]}]}},
    )


@pytest.mark.parametrize(("pre", "what", "right"), TRAVELS.values(), ids=TRAVELS)
def test_it_is_there_on_a_runner(tmp_path: Path, pre: str, what: str, right: object) -> None:
    assert on_a_runner(tmp_path, pre, what) == right


REFUSED = {
    "a generator": ("NUMBERS = (n for n in range(3))", "next(NUMBERS)", "object (NUMBERS);"),
    "a context that was entered": (
        "import contextlib\n@contextlib.contextmanager\ndef opened(): yield 3\nC = opened()\nC.__enter__()",
        "C.__exit__(None, None, None)",
        "opened(), which has been entered (C);",
    ),
    "a socket": ("import socket\nS = socket.socket()\nS.close()", "S.family", "object (S);"),
    "what reduces to its name": (
        "class Named:\n    def __reduce__(self): return 'MARK'\nMARK = Named()",
        "str(MARK)",
        "MARK",
    ),
    "what cannot be loaded": (
        "def refuse(): raise RuntimeError('only here')\nclass Odd:\n    def __reduce__(self): return refuse, ()\nODD = Odd()",
        "str(ODD)",
        "only here",
    ),
    "what cannot be loaded, in several lines": (
        "def refuse(): raise RuntimeError('only here\\nwhy')\nclass Odd:\n    def __reduce__(self): return refuse, ()\nODD = Odd()",
        "str(ODD)",
        "RuntimeError: only here\nwhy",
    ),
}


@pytest.mark.parametrize(("pre", "what", "told"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_before_anything_is_sent(tmp_path: Path, pre: str, what: str, told: str) -> None:
    with pytest.raises(AppInvalid, match="setup") as caught:
        packed(tmp_path, pre, what)
    assert told in str(caught.value)


def test_a_helper_module_may_import_what_only_matters_when_deploying(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(
        "from fal.api import SyncServerlessClient\n"
        "from fal.container import ContainerImage\n"
        "from fal.logging import get_logger\n"
        "from fal.realtime import realtime\n"
        "from fal.sdk import HealthCheck, KeyScope\n"
        "from fal.toolkit.utils import FAL_PERSISTENT_DIR\n"
        "IMAGE = ContainerImage.from_dockerfile_str('FROM python:3.11')\n"
        "CHECK = HealthCheck(timeout_seconds=3)\n"
        "get_logger(__name__).info('loaded', check=CHECK)\n"
        "@realtime('/rt')\n"
        "def session(input): return input\n"
        "def revoke(): return SyncServerlessClient().keys.create(scope=KeyScope.API)\n"
        "def answer(): return [session(42), str(FAL_PERSISTENT_DIR)]\n"
    )
    assert on_a_runner(tmp_path, "import helper", "helper.answer()") == [42, "/data"]


def test_the_app_and_its_helper_modules_share_what_they_fill(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(
        "class Built: pass\n"
        "BUILT = Built()\n"
        "REGISTRY, STEPS, SEEN, USED, LATER = {'built': BUILT}, [len], set(), {'built': BUILT}, {}\n"
        "def register(function):\n    REGISTRY[function.__name__] = function\n    return function\n"
        "def load(): LATER['model'] = 1\n"
        "def known(): return [sorted(REGISTRY), REGISTRY['built'] is BUILT, USED['built'] is BUILT]\n"
        "def step(): return [function() for function in STEPS[1:]]\n"
    )
    pre = (
        "import helper\nfrom helper import LATER, SEEN, STEPS, USED, known, load, register, step\n"
        "class Own: pass\nSEEN.add(Own)\nUSED['own'] = Own\n"
        "@register\ndef added(): return 3\nSTEPS.append(added)\n"
        "def all_of_it():\n    load()\n    same = LATER is helper.LATER and SEEN is helper.SEEN and USED is helper.USED\n"
        "    return [same, LATER, known(), step(), len(STEPS), SEEN == {Own}, USED['own'] is Own, helper.REGISTRY['added']()]\n"
    )
    known = [["added", "built"], True, True]
    assert on_a_runner(tmp_path, pre, "all_of_it()") == [True, {"model": 1}, known, [3], 2, True, True, 3]


def test_classes_of_helper_modules_know_what_is_below_them_in_the_app(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(
        "class Base:\n    kinds = {}\n"
        "    def __init_subclass__(cls, /, kind):\n        Base.kinds[kind] = cls, cls.text\n"
        "class Registry:\n    def __init__(self): self.items = {}\n"
        "    def add(self, function):\n        self.items[function.__name__] = function\n        return function\n"
        "registry = Registry()\n"
        "def known(): return [list(Base.kinds), list(registry.items)]\n"
    )
    pre = (
        "from helper import Base, known, registry\nclass A(Base, kind='a'): text = 'A'\n"
        "@registry.add\ndef added(): return A.text\n"
    )
    what = "[known(), Base.kinds['a'] == (A, 'A'), registry.items['added']()]"
    assert on_a_runner(tmp_path, pre, what) == [[["a"], ["added"]], True, "A"]


def test_a_helper_module_of_which_only_values_are_used_is_not_needed(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("import fal.apps\nCONFIG = {'steps': 1}\ndef unused(): return fal.apps.run")
    assert on_a_runner(tmp_path, "from settings import CONFIG\nCONFIG['steps'] += 1", "CONFIG") == {"steps": 2}


def test_modules_of_this_library_are_reached_as_attributes(tmp_path: Path) -> None:
    pre = (
        "import fal\ndef url(): return fal.toolkit.File.from_bytes(b'x', 'text/plain', repository='in_memory').url\n"
        "def served(): return fal.ref.get_current_app()\n"
        "def missing():\n    try: return fal.nothing\n    except AttributeError as error: return str(error)"
    )
    assert on_a_runner(tmp_path, pre, "[url(), served(), missing()]") == [
        "data:text/plain;base64,eA==",
        None,
        "module 'fal' has no attribute 'nothing' on this runner",
    ]


@pytest.mark.parametrize(
    ("pre", "what", "told"),
    [
        ("from fal.apps import run", "run('other', {})", "fal.apps"),
        ("from fal import apps", "apps.run('other', {})", "fal.apps"),
        ("import fal", "fal.apps.run('other', {})", "fal.apps"),
        ("def call():\n    from fal.apps import run\n    return run('other', {})", "call()", "fal.apps"),
        ("def call():\n    import fal.api as api\n    return api.SyncServerlessClient()", "call()", "fal.api"),
        ("from fal.api import SyncServerlessClient", "SyncServerlessClient().apps.list()", "fal.api.client"),
    ],
)
def test_what_is_not_there_on_a_runner_is_reported_before_it_is_deployed(
    tmp_path: Path, pre: str, what: str, told: str
) -> None:
    with pytest.raises(AppInvalid, match=f"probe uses {told}, which is not there on a runner"):
        packed(tmp_path, pre, what)
    file = tmp_path / "app.py"
    with load(file) as loaded:
        assert pack.dump(find_app(loaded, None)[0], with_fal=True)
