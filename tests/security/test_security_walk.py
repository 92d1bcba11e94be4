"""Every public object, looked at in every way there is, shows no key, token, password or secret value."""

from __future__ import annotations

import gc
import pydoc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fal._core.secret import MASK, MaskedStr, Sealed
from fal.api import SyncServerlessClient
from fal.sdk import FalServerlessKeyCredentials
from tests.security import canaries, gallery, made, public_surface
from tests.security.canaries import CANARIES, FORMS, Findings
from tests.security.security_kit import Platform, driving, new_key
from tests.security.views import VIEWS, look_at, look_at_error
from tests.support.fake_plane import FakePlane

Evidence = Callable[..., None]


@pytest.fixture(autouse=True)
def canary_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in gallery.environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def plane() -> Iterator[FakePlane]:
    fake = FakePlane()
    with fake.serving():
        yield fake


def test_the_search_finds_what_is_hidden() -> None:
    import base64

    for name, text in CANARIES.items():
        for hidden in (
            f"x{text}y".encode(),
            text.encode("utf-16"),
            base64.b64encode(f"user:{text}@host".encode()),
            base64.urlsafe_b64encode(f"{text} and more".encode()),
            text.encode().hex().encode(),
            text[::-1].encode(),
        ):
            assert any(name in item for item in canaries.find(hidden)), (name, hidden)
    assert canaries.find("nothing") == []


def test_the_views_show_what_is_not_protected() -> None:
    class Careless:
        def __init__(self) -> None:
            self.key = canaries.KEY

        def __repr__(self) -> str:
            return f"Careless({self.key})"

        def method(self) -> None:
            """Bound methods show the object that they are bound to."""

    Careless.__module__ = "fal.careless"
    findings = Findings()
    for view, content in look_at(Careless()):
        findings.look(view, content)
    seen = {entry.partition(":")[0] for entry in findings.lines}
    # A local class cannot be pickled, has no data fields, and its reduction and methods do not hold its variables.
    blind = {*(f"pickle {n}" for n in range(6)), "dataclasses.asdict", "dataclasses.fields", "log over a socket"}
    assert set(VIEWS) - seen <= blind | {"cloudpickle", "reprlib"}


def test_no_public_object_shows_a_secret(server: Platform, evidence: Evidence) -> None:
    findings, objects, unmade = Findings(), 0, []
    with driving(**server.hosts) as driver:
        result = public_surface.classes()
        for name, cls in result.items():
            findings.look(f"the help of {name}", pydoc.plain(pydoc.render_doc(cls)))
            if name in made.NOT_MADE:
                continue
            try:
                instances = made.instances(cls, driver.client)
            except Exception as error:
                unmade.append(f"{name}: {type(error).__name__}: {error}")
                continue
            for item in instances:
                objects += 1
                for view, content in look_at(item):
                    findings.look(f"{name}, {view}", content)
        for name, function in public_surface.functions().items():
            objects += 1
            findings.look_all(name, dict(look_at(function)))
    assert unmade == [], "put these classes into the table of made.py, or into NOT_MADE with a reason"
    findings.check()
    assert len(result) > 100
    evidence("public classes and functions", classes=len(result), objects=objects, looks=findings.looked)


def test_no_class_is_left_out_without_need() -> None:
    assert {name for name in made.NOT_MADE if "_aio" not in name} <= set(public_surface.classes())


def test_no_client_nor_what_it_works_with_shows_a_secret(home: Path, evidence: Evidence) -> None:
    findings, objects = Findings(), 0
    for name, item in gallery.clients(home):
        objects += 1
        for view, content in look_at(item):
            findings.look(f"{name}, {view}", content)
    findings.check()
    assert objects > 100
    evidence("clients, namespaces, credentials and transports", objects=objects, looks=findings.looked)


def test_no_error_nor_its_frames_show_a_secret(home: Path, evidence: Evidence) -> None:
    findings, objects = Findings(), 0
    for name, error in gallery.errors(home):
        objects += 1
        for view, content in [*look_at(error), *look_at_error(error)]:
            findings.look(f"{name}, {view}", content)
    findings.check()
    assert objects > 40
    evidence("errors, with their frames and causes", objects=objects, looks=findings.looked)


def test_nothing_that_a_deploy_gives_shows_a_secret(tmp_path: Path, plane: FakePlane, evidence: Evidence) -> None:
    gallery.write_project(tmp_path)
    findings, objects = Findings(), 0
    for name, item in gallery.deploys(tmp_path, plane):
        objects += 1
        for view, content in look_at(item):
            findings.look(f"{name}, {view}", content)
    for name, error in gallery.failing_deploys(tmp_path, plane):
        objects += 1
        for view, content in [*look_at(error), *look_at_error(error)]:
            findings.look(f"{name}, {view}", content)
    findings.check()
    assert objects > 50
    # What is searched for did go where it belongs.
    for wanted in ("password of a registry", "build secret", "build argument", "token in a requirement"):
        assert any(f"{wanted} (plain)" in canaries.find(content) for content in gallery.sent_by(plane).values()), wanted
    evidence("plans, events, results and errors of deploys", objects=objects, looks=findings.looked)


def test_what_was_asked_for_is_given(server: Platform, kind: str) -> None:
    server.answers["CreateUserKey"] = new_key
    with driving(kind, **server.hosts) as driver:
        assert driver.do(lambda client: client.keys.create(preset="API")) == ("id-2", canaries.NEW_KEY_SECRET)
        key_id, key_secret = driver.do(lambda client: client.keys.create(preset="API"))
        assert type(key_secret) is str
        assert f"{key_id}:{key_secret}" == f"id-2:{canaries.NEW_KEY_SECRET}"
        assert driver.client.api_key == canaries.KEY
        assert driver.client.api_key.encode().decode() == canaries.KEY
        driver.do(lambda client: client.secrets.set("NAME", canaries.SECRET_VALUE))
    assert [request.value for name, request, _ in server.calls if name == "SetSecret"] == [canaries.SECRET_VALUE]
    image = made.container_image()
    assert image.registries["ghcr.io"]["password"] == image.to_dict()["registries"]["ghcr.io"]["password"]
    assert image.secrets == {"S": canaries.BUILD_SECRET}
    assert FalServerlessKeyCredentials("id-1", canaries.KEY_SECRET).key_secret == canaries.KEY_SECRET


def test_a_client_remembers_neither_a_new_key_nor_a_secret_that_it_set(server: Platform, kind: str) -> None:
    server.answers["CreateUserKey"] = new_key
    with driving(kind, **server.hosts) as driver:
        driver.do(lambda client: client.keys.create(preset="API"))
        driver.do(lambda client: client.secrets.set("NAME", canaries.SECRET_VALUE))
        server.calls.clear()
        # The server's threads are in this process, too, and let go of the requests a little later.
        deadline = time.monotonic() + 60
        while (result := _holders(canaries.NEW_KEY_SECRET, canaries.SECRET_VALUE)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert result == []


def _holders(*secrets: str) -> list[str]:
    """Return the type of every object of the SDK that shows a secret, with the way in which it does."""
    gc.collect()
    ours = [item for item in gc.get_objects() if str(type(item).__module__).partition(".")[0] == "fal"]
    return [
        f"{type(item)} {view}"
        for item in ours
        for view in ("repr", "vars", "reachable texts")
        if any(secret in str(VIEWS[view](item)) for secret in secrets)
    ]


def test_sealed_values_are_handed_on_by_copies_and_by_no_pickle() -> None:
    import copy
    import json
    import pickle

    sealed: Sealed[Any] = Sealed(MaskedStr(canaries.KEY))
    assert copy.copy(sealed) is copy.deepcopy(sealed) is sealed
    assert json.dumps({"k": sealed}, default=str) == json.dumps({"k": repr(MASK)})
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(sealed)
    client = SyncServerlessClient(api_key=canaries.KEY)
    assert client.api_key is not None
    assert str(client.api_key) == MASK
    assert SyncServerlessClient.api_key is None


def test_the_measure_of_the_search(evidence: Evidence) -> None:
    assert FORMS >= 12
    evidence("the search", canaries=len(CANARIES), forms=FORMS, views=len(VIEWS))
