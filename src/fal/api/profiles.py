"""The profiles of the configuration file: `Profiles`.

They are read and written locally, without a client: one could not be created from a broken file.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fal._core import auth, config_file, hosts
from fal._core.config_file import INTERNAL, table
from fal._core.secret import MaskedStr
from fal.exceptions import AlreadyExists, ConfigurationError, FailedPrecondition, InvalidInput, NotFound

if TYPE_CHECKING:
    from builtins import list as List
    from collections.abc import Mapping
    from typing import Any


@dataclass(frozen=True)
class ProfileInfo:
    """A profile, without its key.

    Attributes:
        name: Its name.
        is_set: Whether it is used when no other profile is named.
        settings: The names of its settings, e.g. ("key", "host").
    """

    name: str
    is_set: bool
    settings: tuple[str, ...]


class Profiles:
    """List, choose and change the profiles of the configuration file.

    The file is replaced atomically, is readable for its owner only, and keeps its comments.

    Args:
        path: The file; None takes the one of `FAL_CONFIG_PATH`, or `~/.fal/config.toml`.

    Example:
        from fal.api import Profiles

        profiles = Profiles()
        profiles.create("work")
        profiles.set_key("key-id:key-secret")
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = config_file.config_path() if path is None else Path(path)

    def list(self) -> List[ProfileInfo]:
        """List the profiles.

        Returns:
            One entry for each profile, in the order of the file.

        Raises:
            ConfigurationError: The file cannot be read. A ValueError.

        Example:
            names = [profile.name for profile in Profiles().list()]
        """
        tables = self._tables()
        return [
            ProfileInfo(name, name == self._chosen(tables), tuple(values))
            for name, values in tables.items()
            if name != INTERNAL and isinstance(values, dict)
        ]

    def current(self) -> str | None:
        """Return the name of the profile that is used when no other is named; None if there is none.

        Raises:
            ConfigurationError: The file cannot be read. A ValueError.

        Example:
            print(Profiles().current())
        """
        return self._chosen(self._tables())

    def create(self, name: str) -> None:
        """Create a profile and make it the default.

        Args:
            name: Its name.

        Raises:
            InvalidInput: The name is not valid. A ValueError.
            AlreadyExists: The profile already exists.
            ConfigurationError: The file cannot be changed. A ValueError.

        Example:
            Profiles().create("work")
        """
        if not isinstance(name, str) or not name.strip() or name == INTERNAL or not name.isprintable():
            raise InvalidInput('name: must be printable and not empty, e.g. "work"')
        with config_file.changed(self.path) as document:
            if name in document:
                raise AlreadyExists(f"the profile {name!r} already exists")
            table(document, name)
            table(document, INTERNAL)["profile"] = name

    def set(self, name: str) -> None:
        """Make a profile the default.

        Args:
            name: Its name.

        Raises:
            NotFound: There is no such profile.
            ConfigurationError: The file cannot be changed. A ValueError.

        Example:
            Profiles().set("work")
        """
        with config_file.changed(self.path) as document:
            _check_known(document, name)
            table(document, INTERNAL)["profile"] = name

    def unset(self) -> None:
        """Stop using a default profile.

        Raises:
            ConfigurationError: The file cannot be changed. A ValueError.

        Example:
            Profiles().unset()
        """
        with config_file.changed(self.path) as document:
            if INTERNAL in document:
                table(document, INTERNAL).pop("profile", None)

    def set_key(self, key: str, name: str | None = None) -> None:
        """Store an API key in a profile.

        Args:
            key: The key, as "KEY_ID:KEY_SECRET".
            name: The profile; None is the default one.

        Raises:
            ConfigurationError: The key is malformed, or the file cannot be changed. A ValueError.
            FailedPrecondition: There is no default profile, and none is named.
            NotFound: There is no such profile.

        Example:
            Profiles().set_key("key-id:key-secret", "work")
        """
        key = MaskedStr(key)
        auth.parse_key(key, "key")
        self._keep("key", key, name)

    def set_host(self, host: str, name: str | None = None) -> None:
        """Store the API host in a profile.

        Args:
            host: The host, e.g. "api.alpha.fal.ai".
            name: The profile; None is the default one.

        Raises:
            ConfigurationError: The host is malformed, or the file cannot be changed. A ValueError.
            FailedPrecondition: There is no default profile, and none is named.
            NotFound: There is no such profile.

        Example:
            Profiles().set_host("api.alpha.fal.ai", "work")
        """
        hosts.parse(host, "host")
        self._keep("host", host, name)

    def delete(self, name: str) -> None:
        """Delete a profile with its key.

        Args:
            name: Its name.

        Raises:
            NotFound: There is no such profile.
            ConfigurationError: The file cannot be changed. A ValueError.

        Example:
            Profiles().delete("work")
        """
        with config_file.changed(self.path) as document:
            _check_known(document, name)
            del document[name]
            if INTERNAL in document and table(document, INTERNAL).get("profile") == name:
                table(document, INTERNAL).pop("profile")

    def _keep(self, setting: str, value: str, name: str | None) -> None:
        chosen = name or os.environ.get("FAL_PROFILE") or self.current()
        if chosen is None:
            raise FailedPrecondition(
                "there is no default profile", hint="Choose one with Profiles().set(NAME), or create one."
            )
        with config_file.changed(self.path) as document:
            _check_known(document, chosen)
            table(document, chosen)[setting] = value.reveal() if isinstance(value, MaskedStr) else value

    def _tables(self) -> Mapping[str, Any]:
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"the configuration file {self.path} cannot be read: {error}") from None

    @staticmethod
    def _chosen(tables: Mapping[str, Any]) -> str | None:
        internal = tables.get(INTERNAL)
        return internal.get("profile") if isinstance(internal, dict) else None


def _check_known(document: Mapping[str, Any], name: str) -> None:
    known = [each for each in document if each != INTERNAL]
    if name not in known:
        raise NotFound(
            f"there is no profile {name!r}",
            hint=f"Known profiles: {', '.join(known)}." if known else "There are no profiles.",
        )
