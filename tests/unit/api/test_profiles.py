"""Profiles: what is written into the configuration file, and what stays of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from fal import exceptions
from fal.api import Profiles, SyncServerlessClient

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def config() -> Path:
    return Path(os.environ["FAL_CONFIG_PATH"])


def test_a_profile_from_its_creation_to_its_end(config: Path) -> None:
    profiles = Profiles()
    assert (profiles.list(), profiles.current()) == ([], None)
    profiles.create("work")
    profiles.set_key("an-id:a-secret")
    profiles.set_host("api.example.com")
    (work,) = profiles.list()
    assert (work.name, work.is_set, work.settings) == ("work", True, ("key", "host"))
    info = SyncServerlessClient().auth_info()
    assert (info.host, info.key_id, info.profile) == ("api.example.com:443", "an-id", "work")
    profiles.create("home")
    assert profiles.current() == "home"
    profiles.set("work")
    profiles.unset()
    assert profiles.current() is None
    profiles.set("home")
    profiles.delete("home")
    assert ([each.name for each in profiles.list()], profiles.current()) == (["work"], None)
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_what_people_wrote_stays(config: Path) -> None:
    config.write_text('# our profiles\n[work]  # shared\nhost = "api.one.com"   # the old one\nextra = [1, 2]\n')
    Profiles().set_host("api.two.com", "work")
    assert (
        config.read_text() == '# our profiles\n[work]  # shared\nhost = "api.two.com"   # the old one\nextra = [1, 2]\n'
    )


def test_a_link_stays_a_link(config: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("[work]\n")
    config.symlink_to(real)
    Profiles().set("work")
    assert config.is_symlink()
    assert 'profile = "work"' in real.read_text()


def test_a_byte_order_mark_is_not_a_part_of_the_file(config: Path) -> None:
    config.write_text('[work]\nkey = "an-id:a-secret"\n', encoding="utf-8-sig")
    assert [each.name for each in Profiles().list()] == ["work"]
    Profiles().set("work")
    assert SyncServerlessClient().auth_info().key_id == "an-id"


def test_a_file_that_cannot_be_written_is_left_as_it_was(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("[work]\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(exceptions.ConfigurationError, match="No space left"):
        Profiles().set("work")
    assert config.read_text() == "[work]\n"
    assert not [path for path in config.parent.iterdir() if path.name.startswith(".config.toml-")]


def test_bad_input_changes_nothing(config: Path) -> None:
    profiles = Profiles()
    with pytest.raises(exceptions.NotFound, match="There are no profiles"):
        profiles.set("work")
    with pytest.raises(exceptions.FailedPrecondition):
        profiles.set_key("an-id:a-secret")
    for name in ("", " ", "__internal__", "two\nlines"):
        with pytest.raises(exceptions.InvalidInput):
            profiles.create(name)
    profiles.create("work")
    with pytest.raises(exceptions.AlreadyExists):
        profiles.create("work")
    before = config.read_text()
    with pytest.raises(exceptions.ConfigurationError) as caught:
        profiles.set_key("no-colon-at-all")
    assert "no-colon" not in str(caught.value)
    with pytest.raises(exceptions.ConfigurationError):
        profiles.set_host("two words")
    assert config.read_text() == before


def test_a_file_that_is_not_toml_is_named(config: Path) -> None:
    config.write_text("[work\n")
    for act in (Profiles().list, Profiles().unset, lambda: Profiles().create("home")):
        with pytest.raises(exceptions.ConfigurationError, match=r"config\.toml"):
            act()
    assert config.read_text() == "[work\n"
