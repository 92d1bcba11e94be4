"""Small OpenAPI fragments, one per oddity, generated together in one run, imported and exercised."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest

from tests.unit.generator.conftest import field_words
from tests.unit.generator.rest_kit import FRAGMENTS, WORDS, generate


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Generate every fragment as the package `rest_fragments` and make it importable."""
    root = tmp_path_factory.mktemp("fragments")
    out = generate(root, FRAGMENTS, "rest_fragments")
    sys.path.insert(0, str(root))
    yield out
    sys.path.remove(str(root))
    for name in [module for module in sys.modules if module.split(".")[0] == "rest_fragments"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def rest(package: Path) -> ModuleType:
    return importlib.import_module("rest_fragments.rest")


@pytest.fixture(scope="module")
def models(package: Path) -> ModuleType:
    return importlib.import_module("rest_fragments.rest.models")


@pytest.fixture(scope="module")
def answer(rest: ModuleType) -> Callable[..., Any]:
    """Return a function that reads a JSON answer as an operation does."""

    def run(name: str, value: Any, status: int = 200, **arguments: Any) -> Any:
        operation = getattr(rest, name)(**arguments)
        assert status in operation.success
        return operation.parse(status, {}, json.dumps(value).encode())

    return run


def test_everything_is_importable_and_typed(package: Path, rest: ModuleType) -> None:
    for name in rest.__all__:
        assert callable(getattr(rest, name))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", str(package)],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# ---------------------------------------------------------------------------------------------------------------- names


def test_reserved_words_keep_their_wire_names(models: ModuleType, answer: Callable[..., Any]) -> None:
    wire = {name: index for index, name in enumerate(WORDS)}
    result = answer("get_reserved", wire)
    assert type(result).__name__ == "PolicyModel"  # `Policy` is a name of the generated code
    assert result.from_ == wire["from"] and result.class_ == wire["class"] and result.int_ == wire["int"]
    assert result.hash == wire["hash"] and result.type == wire["type"] and result.value == wire["value"]
    assert result.to_dict_ == wire["to_dict"] and result.additional_properties == {}
    assert result.to_dict() == wire


def test_reserved_words_as_parameters(rest: ModuleType) -> None:
    operation = rest.get_odd_parameters(
        "i/d", from_="a", wire_=[1, 2], x_odd_name="h", self="s", hash=True, lambda_=1.5
    )
    assert operation.path == "/odd/i%2Fd"
    assert list(operation.params) == [
        *(("from", "a"), ("hash", "true"), ("lambda", "1.5"), ("self", "s"), ("wire", "1"), ("wire", "2")),
    ]
    assert list(operation.headers) == [("X-Odd.Name", "h")]


def test_parameters_that_are_not_given_are_not_sent(rest: ModuleType) -> None:
    operation = rest.get_odd_parameters("id")
    assert (operation.params, operation.headers, operation.json, operation.files) == ((), (), None, ())


def test_json_of_another_media_type_says_so_where_there_is_a_body(rest: ModuleType) -> None:
    cleared = rest.merge_it(name=None)
    assert (cleared.headers, cleared.json) == ((("Content-Type", "application/merge-patch+json"),), {"name": None})
    assert (rest.merge_it().headers, rest.merge_it().json) == ((), None)


# ---------------------------------------------------------------------------------------------------------------- shapes


def test_recursion(answer: Callable[..., Any], models: ModuleType) -> None:
    wire = {"value": 1, "children": [{"value": 2, "children": []}], "next": {"value": 3, "children": [], "next": None}}
    result = answer("get_node", wire)
    assert result.children[0].value == 2 and result.next.next is None
    assert models.Node.from_dict(result.to_dict()) == result
    pair = answer("get_left", {"right": {"left": {"right": None}}})
    assert type(pair.right).__name__ == "Right" and type(pair.right.left).__name__ == "Left"
    tree = answer("get_tree", {"a": {"b": {}}})
    assert tree.additional_properties["a"].additional_properties["b"].to_dict() == {}


def test_maps_and_free_form_objects(answer: Callable[..., Any]) -> None:
    wire = {
        "counts": {"a": 1},
        "deep": {"a": {"b": [{"n": 1}]}},
        "free": {"x": [1, {"y": None}]},
        "anything": [1],
        "maybe": {"a": None, "b": 2},
        "typed": {"known": "k", "more": 5},
    }
    result = answer("get_maps", wire)
    assert result.counts == {"a": 1} and result.deep["a"]["b"][0].n == 1
    assert result.free == {"x": [1, {"y": None}]} and result.anything == [1] and result.maybe == {"a": None, "b": 2}
    assert result.typed.known == "k" and result.typed.additional_properties == {"more": 5}
    assert result.to_dict() == wire
    assert answer("get_counts", {"z": 3}) == {"z": 3}


def test_absent_reads_as_empty_where_the_specification_says_so(answer: Callable[..., Any]) -> None:
    for wire in ({}, {"items": None, "by_name": None}):
        result = answer("get_absent", wire)
        assert (result.items, result.by_name, result.other) == ([], {}, None)
    assert result.items is not answer("get_absent", {}).items  # nothing is shared


def test_unknown_members_are_kept(answer: Callable[..., Any]) -> None:
    result = answer("get_node", {"value": 1, "children": [], "brand_new": {"x": 1}})
    assert result.additional_properties == {"brand_new": {"x": 1}}
    assert result.to_dict() == {"value": 1, "children": [], "brand_new": {"x": 1}}
    assert answer("get_closed", {"a": 1, "b": 2}).additional_properties == {"b": 2}


def test_nullable_values_and_unions(answer: Callable[..., Any]) -> None:
    wire = {"text": None, "must": None, "node": None, "numbers": [1, None], "shade": None, "either": "s"}
    result = answer("get_nullable", wire)
    assert (result.text, result.must, result.node, result.numbers, result.shade) == (None, None, None, [1, None], None)
    assert result.to_dict() == {"must": None, "numbers": [1, None], "either": "s"}
    full = answer(
        "get_nullable",
        {"text": "t", "must": 1, "node": {"value": 1, "children": []}, "numbers": [], "shade": "dark", "either": [1]},
    )
    assert (full.text, full.must, full.node.value, full.shade.name, full.either) == ("t", 1, 1, "DARK", [1])
    assert answer("get_nullable", {"must": 1, "numbers": [], "either": 7}).either == 7
    with pytest.raises(ValueError, match=r"Nullable\.either: one of several forms expected, bool found"):
        answer("get_nullable", {"must": 1, "numbers": [], "either": True})


def test_of_several_models_the_one_that_fits_best_is_taken(answer: Callable[..., Any], models: ModuleType) -> None:
    assert answer("get_animal", {"name": "a", "wings": 2}) == models.Bird(name="a", wings=2)
    assert answer("get_animal", {"name": "a", "legs": 4}) == models.Beast(name="a", legs=4)
    odd = answer("get_animal", {"name": "a", "legs": 4, "tail": True})
    assert isinstance(odd, models.Beast) and odd.additional_properties == {"tail": True}


def test_deep_nesting_and_arrays(answer: Callable[..., Any]) -> None:
    wire = {"level1": {"level2": {"level3": {"grid": [[{"n": 1}, {"n": 2}], []]}}}}
    result = answer("get_deep", wire)
    assert [[point.n for point in row] for row in result.level1.level2.level3.grid] == [[1, 2], []]
    assert result.to_dict() == wire
    assert [point.n for point in answer("list_points", [{"n": 5}])] == [5]


def test_all_of_merges_the_members_of_its_parts(answer: Callable[..., Any]) -> None:
    result = answer("get_extended", {"n": 1, "label": "x", "own": True})
    assert (result.n, result.label, result.own) == (1, "x", True)
    with pytest.raises(ValueError, match=r"Extended\.label: a string expected, missing found"):
        answer("get_extended", {"n": 1, "own": True})
    assert answer("get_only_one", {"n": 4}).n == 4


def test_numbers_keep_their_type_and_size(answer: Callable[..., Any]) -> None:
    big = 2**63 - 1
    assert answer("get_point", {"n": big}).n == big
    assert answer("get_point", {"n": 3.0}).n == 3
    assert (answer("get_number", 3), type(answer("get_number", 3))) == (3, int)  # nothing says more than was sent
    assert answer("get_number", 2**60 + 1) == 2**60 + 1 and answer("get_number", 0.5) == 0.5
    for wrong in (True, "1", 1.5, None):
        with pytest.raises(ValueError, match=r"Point\.n: an integer expected"):
            answer("get_point", {"n": wrong})


def test_enum_values_that_are_unknown_are_kept(answer: Callable[..., Any], models: ModuleType) -> None:
    import pickle

    known = answer("get_shades", ["dark", "very-light"])
    assert known == [models.Shade.DARK, models.Shade.VERY_LIGHT] and all(item.is_known for item in known)
    new = answer("get_shades", ["neon"])[0]
    assert not new.is_known and isinstance(new, models.Shade)
    assert new == "neon" and str(new) == f"{new}" == "neon"
    assert pickle.loads(pickle.dumps(new)) == new and hash(new) == hash("neon")
    number = answer("get_grade", 99)
    assert not number.is_known
    assert number == 99 and f"{number:03d}" == "099"
    assert answer("get_grade", 1) is models.Grade.VALUE_1


def test_times_are_aware(answer: Callable[..., Any], rest: ModuleType) -> None:
    wire = {"at": "2026-01-02T03:04:05.123456789Z", "day": "2026-01-02", "id": "12345678-1234-5678-1234-567812345678"}
    result = answer("get_times", wire)
    assert result.at == datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
    assert (result.day, result.id) == (date(2026, 1, 2), UUID(wire["id"]))
    assert answer("get_times", {**wire, "at": "2026-01-02T03:04:05"}).at.tzinfo is UTC
    assert result.to_dict()["at"] == "2026-01-02T03:04:05.123456+00:00"
    for member, value in (("at", "yesterday"), ("day", "2026"), ("id", "x")):
        with pytest.raises(ValueError, match=rf"Times\.{member}: a"):
            answer("get_times", {**wire, member: value})
    local = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert rest.find_times(since=local).params == (("since", "2026-01-01T09:00:00+09:00"),)
    assert rest.find_times(since="page-2").params == (("since", "page-2"),)
    with pytest.raises(ValueError, match="since: the time has no time zone"):
        rest.find_times(since=datetime(2026, 1, 1))


def test_decimals_are_sent_with_all_their_digits_or_not_at_all(package: Path) -> None:
    wire = importlib.import_module("rest_fragments.rest.wire")
    for digits in ("0.10", "-0.0012345678901234", "3", "1E+20"):
        assert Decimal(json.dumps(wire.plain({"cost": Decimal(digits)}, "body")["cost"])) == Decimal(digits)
    for digits in ("0.12345678901234567890", "NaN", "sNaN", "Infinity", "1E+400"):
        with pytest.raises(ValueError, match=r"body\['cost'\]: .* is not a number that JSON keeps; send a finite one"):
            wire.plain({"cost": Decimal(digits)}, "body")


# ---------------------------------------------------------------------------------------------------------------- requests


def test_slashes_in_paths(rest: ModuleType) -> None:
    assert rest.read_file("/data/a b?.txt").path == "/files//data/a%20b%3F.txt/content"
    assert rest.get_part("a/b#c", 7).path == "/parts/a%2Fb%23c/7"
    for bad in ("", ".", ".."):
        with pytest.raises(ValueError, match="name: must not"):
            rest.get_part(bad, 1)
    with pytest.raises(ValueError, match="file_path: must not be or hold"):
        rest.read_file("data/../secret")
    with pytest.raises(TypeError, match="name: must be text"):
        rest.get_part(None, 1)


def test_lists_and_objects_are_written_as_their_style_says(rest: ModuleType, models: ModuleType) -> None:
    spot = models.Spot(x=1, name="a/b")
    operation = rest.get_styles(["a", "b/c"], spot, {"x": 2}, {"x": 3})
    assert operation.path == "/at/a,b%2Fc/name,a%2Fb,x,1/x=2/%7B%22x%22%3A3%7D"
    assert operation.headers == ()
    given = {"x_flat": {"x": 1}, "x_pairs": spot, "each": ["a", "b;c"], "whole": spot, "written": {"x": 3}}
    headers = dict(rest.get_styles(["a"], spot, spot, 3, **given).headers)
    assert (headers["X-Flat"], headers["X-Pairs"]) == ("x,1", "name=a/b,x=1")
    assert sorted(headers["Cookie"].split("; ")) == [
        "each=a",
        "each=b%3Bc",
        "whole=name%2Ca%2Fb%2Cx%2C1",
        "written=%7B%22x%22%3A3%7D",
    ]


def test_members_of_a_form_are_written_as_their_encoding_says(rest: ModuleType, models: ModuleType) -> None:
    spot = models.Spot(x=1, name="a")
    sent = {"plain": {"x": 2}, "deep": spot, "written": spot}
    sent |= {name: ["p", "q"] for name in ("each", "whole", "spaced")}
    assert sorted(parse_qsl(rest.post_form(**sent).content.decode())) == [
        ("deep[name]", "a"),
        ("deep[x]", "1"),
        ("each", "p"),
        ("each", "q"),
        ("spaced", "p q"),
        ("whole", "p,q"),
        ("written", '{"name":"a","x":1}'),
        ("x", "2"),
    ]


def test_multipart_leaves_the_bytes_alone(rest: ModuleType) -> None:
    payload = b"before\r\n--+++\r\nContent-Disposition: form-data; name=x\r\n\r\nafter\r\n--+++--\r\n"
    operation = rest.put_files(first=payload, second=bytearray(b"2"))
    assert operation.files == (
        ("first", ("chunk", payload, "application/octet-stream")),
        ("second", ("second", b"2", "image/png")),
    )
    assert operation.json is None and operation.headers == ()
    assert len(rest.put_files(first=b"").files) == 1
    with pytest.raises(TypeError, match="first: must be bytes, not str"):
        rest.put_files(first="text")


def test_json_bodies(rest: ModuleType, models: ModuleType) -> None:
    operation = rest.make_node(value=1, children=[models.Node(value=2, children=[]), {"value": 3}], next=None)
    assert operation.json == {"value": 1, "children": [{"value": 2, "children": []}, {"value": 3}], "next": None}
    assert rest.make_node(value=1, children=[]).json == {"value": 1, "children": []}
    assert operation.method == "POST" and operation.success == {201}
    assert rest.set_nullable(must=None, numbers=[None], either="x").json == {
        "must": None,
        "numbers": [None],
        "either": "x",
    }
    assert rest.send_list(body=[models.Shade.DARK, "neon"]).json == ["dark", "neon"]
    assert rest.send_list().json is None
    assert rest.send_optional().json is None and rest.send_optional(a=1).json == {"a": 1}
    assert rest.send_map(body={"a": datetime(2026, 1, 1, tzinfo=UTC)}).json == {"a": "2026-01-01T00:00:00+00:00"}
    with pytest.raises(TypeError, match=r"children: must be a list, not str; write \[children\]"):
        rest.make_node(value=1, children="abc")
    with pytest.raises(TypeError, match=r"children\[0\]: a object does not fit into JSON"):
        rest.make_node(value=1, children=[object()])


def test_headers_hold_one_line(rest: ModuleType) -> None:
    for bad in ("a\r\nX-Evil: 1", "ä", "\x00"):
        with pytest.raises(ValueError, match=r"X-Odd\.Name: a header holds printable ASCII only") as caught:
            rest.get_odd_parameters("i", x_odd_name=bad)
        assert bad not in str(caught.value)


# ---------------------------------------------------------------------------------------------------------------- answers


def test_success_is_read_from_the_declared_statuses(rest: ModuleType) -> None:
    empty = rest.drop_it()
    assert empty.success == {200, 204} and empty.parse(204, {}, b"") is None and empty.parse(200, {}, b"junk") is None
    either = rest.get_maybe()
    assert either.success == {200, 204}
    assert either.parse(204, {}, b"") is None and either.parse(200, {}, b'{"n": 1}').n == 1
    assert rest.get_error_documented().success == {200}  # declared failures are raised, never parsed


def test_text_and_bytes(rest: ModuleType) -> None:
    assert rest.get_text().parse(200, {}, "é".encode()) == "é"
    assert rest.get_bytes().parse(200, {}, b"\xff\x00") == b"\xff\x00"
    with pytest.raises(ValueError, match="get_text: the body is not text in UTF-8"):
        rest.get_text().parse(200, {}, b"\xff")


def test_event_streams_parse_one_event(rest: ModuleType) -> None:
    operation = rest.follow()
    assert operation.stream and not rest.get_text().stream
    assert operation.parse(200, {}, b'{"n": 3}').n == 3
    assert rest.follow_text().stream and rest.follow_text().parse(200, {}, b"line") == "line"


def test_a_body_that_does_not_fit_says_where_and_not_what(rest: ModuleType) -> None:
    parse = rest.get_point().parse
    for body in (b"", b"<html>502 secret</html>", b"\xff", b'{"n": "secret"}', b"[]", b"null", b"[" * 200_000):
        with pytest.raises(ValueError, match=r"expected|not JSON|too deeply") as caught:
            parse(200, {}, body)
        assert "secret" not in str(caught.value) and not isinstance(caught.value, json.JSONDecodeError)
    assert rest.get_anything().parse(200, {}, b"") is None


def test_models_are_frozen_dataclasses(models: ModuleType) -> None:
    point = models.Point(n=1)
    with pytest.raises(FrozenInstanceError):
        point.n = 2
    assert replace(point, n=2) == models.Point(n=2)
    assert [item.name for item in fields(point)] == ["n", "additional_properties"]


def test_passwords_are_left_out_of_repr(models: ModuleType) -> None:
    assert "hush" not in repr(models.Secretive(token="hush", name="n"))


def test_documentation_is_carried(package: Path, rest: ModuleType, models: ModuleType) -> None:
    text = inspect.getdoc(rest.get_documented) or ""  # without its indentation, which Python 3.13 takes away by itself
    assert (
        text.startswith('Return "it".') and "Deprecated upstream." in text and "which: Which one. Deprecated." in text
    )
    assert '\\"\\"\\"' not in text and "Returns:\n    The thing." in text
    assert models.Secretive.__doc__ == "Secretive of the wire. Deprecated."
    words = field_words(package / "rest" / "models" / "answer.py", "Answer")
    assert words == {"n": 'How many "things"', "additional_properties": "Members that this version does not know."}
    assert "a: `a` of the wire. Deprecated." in rest.send_optional.__doc__


def test_loading_one_operation_loads_only_its_models(package: Path) -> None:
    code = """
import sys
from rest_fragments import rest
assert not [m for m in sys.modules if m.startswith("rest_fragments.rest.")]
rest.get_point
loaded = sorted(m for m in sys.modules if m.startswith("rest_fragments."))
assert "rest_fragments.rest.models.point" in loaded and "rest_fragments.rest.models.node" not in loaded, loaded
assert not {"httpx", "attrs", "attr", "pydantic", "grpc", "google"} & set(sys.modules)
try:
    rest.get_pint
except AttributeError as error:
    assert "get_pint" in str(error)
else:
    raise SystemExit("no error")
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_body_is_read_by_its_schema_where_the_media_type_says_nothing(rest: ModuleType) -> None:
    parse = rest.get_wild().parse
    assert parse(200, {}, b'{"n": 1}').n == 1
    assert (parse(201, {}, b"{}"), parse(202, {}, b"\xff")) == (b"{}", b"\xff")


def test_text_is_read_in_the_charset_that_the_answer_names(rest: ModuleType) -> None:
    parse = rest.get_text().parse
    assert parse(200, {"content-type": 'text/plain; charset="ISO-8859-1"'}, b"\xe9") == "é"
    assert parse(200, {"content-type": "text/plain"}, "é".encode()) == "é"
    for charset, shown in (("utf-8", "UTF-8"), ("no-such", "NO-SUCH"), ("undefined", "UNDEFINED")):
        with pytest.raises(ValueError, match=f"get_text: the body is not text in {shown}"):
            parse(200, {"Content-Type": f"text/plain; Charset={charset}"}, b"\xe9")


def test_a_class_that_is_called_as_one_of_python_has_a_name_of_its_own(answer: Callable[..., Any]) -> None:
    (warning,) = answer("get_warned", {"all": [{"text": "Slow."}]}).all
    assert (type(warning).__name__, warning.text) == ("WarningModel", "Slow.")
