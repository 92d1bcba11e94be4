"""Names that released code imports besides the documented ones: they are there, and do what they say over the client."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fal
import fal_emulator
from fal.exceptions import ConfigurationError
from fal.sdk import FalServerlessKeyCredentials

_NAMES = """
fal.App fal.ContainerImage fal.FalServerlessHost fal.FalServerlessKeyCredentials fal.HealthCheck fal.LocalHost fal.RetryConfig
fal.apps fal.cached fal.endpoint fal.function fal.isolated fal.realtime fal.sync_dir fal.wrap_app
fal.api.AppsNamespace fal.api.FalSerializationError fal.api.FalServerlessError fal.api.FalServerlessHost
fal.api.IsolatedFunction fal.api.KeysNamespace fal.api.LocalHost fal.api.Options fal.api.RunnersNamespace
fal.api.SecretsNamespace fal.api.SyncServerlessClient fal.api.UserFunctionException fal.api.cached fal.api.function
fal.app.AppClient fal.app.AppClientError fal.app.RequestContext fal.app.wrap_app fal.apps.run fal.apps.stream fal.apps.submit
fal.auth.login fal.auth.logout fal.cli.main.main fal.compat.run_in_thread fal.container.ContainerImage
fal.distributed.DistributedRunner fal.distributed.DistributedWorker fal.exceptions.AppException
fal.exceptions.CUDAOutOfMemoryException fal.exceptions.FalServerlessException fal.exceptions.FieldException
fal.exceptions.RequestCancelledException fal.exceptions.auth.UnauthenticatedException fal.files.FalFileSystem
fal.logging.get_logger fal.project.find_project_root fal.realtime.realtime fal.ref.get_current_app fal.sdk.AliasInfo
fal.sdk.FalServerlessClient fal.sdk.HealthCheck fal.sdk.KeyPreset fal.sdk.KeyScope fal.sdk.RetryConfig fal.sdk.RunnerInfo
fal.sdk.RunnerState fal.sdk.get_credentials fal.sync.sync_dir fal.toolkit.file.FileField fal.toolkit.file.FileRepository
fal.toolkit.file.providers.fal.FalFileRepositoryV3 fal.toolkit.file.providers.gcp.GoogleStorageRepository
fal.toolkit.image.Image fal.toolkit.image.ImageField fal.toolkit.image.ImageSize
fal.toolkit.image.nsfw_filter.run_nsfw_estimation fal.toolkit.image.safety_checker.postprocess_images
fal.toolkit.kv.KVStore fal.toolkit.types.DataUri fal.toolkit.types.ImageInput fal.toolkit.utils.download_file
fal.toolkit.utils.download_utils.FAL_MODEL_WEIGHTS_DIR fal.toolkit.utils.download_utils._hash_url
fal.toolkit.utils.endpoint.cancel_on_disconnect fal.toolkit.utils.patch_onnx_runtime fal.toolkit.utils.retry.retry
fal.toolkit.video.Video fal.toolkit.video.VideoField fal.toolkit.audio.AudioField fal.utils.load_function_from
"""

IMPORT = """
import sys
for name in sys.argv[1:]:
    module, _, member = name.rpartition(".")
    exec(f"from {module} import {member}")
import fal
assert callable(fal.realtime) and fal.realtime("/a")(lambda self, input: None)
"""


@pytest.fixture(scope="module")
def plane() -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture
def settings(plane: fal_emulator.Plane, clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in plane.env().items():
        if name.startswith(("FAL_", "ISOLATE_")):
            monkeypatch.setenv(name, value)


def test_each_name_is_imported_as_released_code_imports_it() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT, *_NAMES.split()], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_connection_does_what_the_client_does(plane: fal_emulator.Plane, settings: None, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import fal\nclass Old(fal.App):\n    @fal.endpoint('/')\n    def run(self) -> dict: return {}\n"
    )
    with plane.client() as client:
        client.deploy(tmp_path / "app.py", app_name="old")
    key = FalServerlessKeyCredentials(*plane.key.split(":"))
    with fal.sdk.FalServerlessClient(plane.host, key).connect() as connection:
        assert [app.alias for app in connection.list_aliases()] == ["old"]
        assert connection.update_application("old", max_concurrency=3, valid_regions=["us-east"]).max_concurrency == 3
        assert connection.scale("old", 4).max_concurrency == 4
        [revision] = connection.list_applications("old")
        assert [runner.alias for runner in connection.list_alias_runners("old")] == ["old"]
        connection.set_secret("TOKEN", "x")
        assert [secret.name for secret in connection.list_secrets()] == ["TOKEN"]
        connection.delete_secret("TOKEN")
        key_id, secret = connection.create_user_key(fal.sdk.KeyPreset.API, "made here")
        assert secret and key_id in [item.key_id for item in connection.list_user_keys()]
        connection.revoke_user_key(key_id)
        connection.create_environment("staging")
        assert "staging" in [item.name for item in connection.list_environments()]
        connection.delete_environment("staging")
        assert connection.delete_alias("old") == revision.application_id
    with fal.sdk.FalServerlessClient(plane.host).connect() as connection:  # the key of the settings
        assert connection.list_secrets() == []


def test_credentials_are_those_of_the_settings(plane: fal_emulator.Plane, settings: None) -> None:
    result = fal.sdk.get_credentials()
    assert isinstance(result, FalServerlessKeyCredentials)
    assert plane.key.startswith(result.key_id)
    assert {name: value.encode() for name, value in result.to_headers().items()} == {
        "Authorization": f"Key {plane.key}".encode()
    }
    assert fal.sdk.get_credentials(key="a:b") == FalServerlessKeyCredentials("a", "b")
    with pytest.raises(ConfigurationError, match="KEY_ID:KEY_SECRET"):
        fal.sdk.get_credentials(key="no key")


def test_files_of_the_volume_by_the_methods_of_fsspec(settings: None, tmp_path: Path) -> None:
    from fal.files import FalFileSystem

    here = tmp_path / "a.txt"
    here.write_bytes(b"hello")
    files = FalFileSystem()
    try:
        files.put(here, "older/a.txt")
        assert files.ls("/", detail=False) == ["/data"]
        assert files.ls("older", detail=False) == ["/data/older/a.txt"]
        result = files.info("/data/older/a.txt")
        assert (result["size"], result["type"]) == (5, "file")
        assert files.isdir("older") and files.isfile("older/a.txt") and not files.exists("older/b.txt")
        files.mv("older/a.txt", "older/b.txt")
        files.get("older/b.txt", tmp_path / "b.txt")
        assert (tmp_path / "b.txt").read_bytes() == b"hello"
        files.rm("older/b.txt")
        with pytest.raises(FileNotFoundError):
            files.info("older/b.txt")
    finally:
        files.close()


def test_a_folder_goes_up_once(plane: fal_emulator.Plane, settings: None, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_bytes(b"one")
    (tmp_path / "sub" / "b.txt").write_bytes(b"two")
    assert fal.sync_dir(tmp_path, "/data/synced") == "/data/synced"
    with plane.client() as client:
        before = {file.path: file.updated_at for file in client.files.list("synced")}
        assert sorted(before) == ["/data/synced/a.txt", "/data/synced/sub"]
        (tmp_path / "sub" / "b.txt").write_bytes(b"three")
        fal.sync_dir(tmp_path, "/data/synced")
        [inner] = client.files.list("synced/sub")
        assert inner.size == 5
        assert {file.path: file.updated_at for file in client.files.list("synced")}["/data/synced/a.txt"] == before[
            "/data/synced/a.txt"
        ]
    with pytest.raises(ValueError, match="remote_dir: 'elsewhere' is not below /data"):
        fal.sync_dir(tmp_path, "elsewhere")
    with pytest.raises(ValueError, match="is not a folder on this machine"):
        fal.sync_dir(tmp_path / "a.txt", "/data/synced")


def test_a_file_is_looked_at_without_being_deployed(tmp_path: Path) -> None:
    from fal.utils import load_function_from

    file = tmp_path / "app.py"
    file.write_text(
        "import fal\n"
        "class Two(fal.App, name='second'):\n"
        "    app_auth = 'public'\n"
        "    requirements = ['numpy']\n"
        "    @fal.endpoint('/')\n"
        "    def run(self) -> dict: return {}\n"
        "@fal.function(machine_type='L', requirements=['pyjokes'], serve=True)\n"
        "def one() -> dict: return {'n': 1}\n"
    )
    app = load_function_from(None, file, "Two")
    assert (app.app_name, app.app_auth, app.class_name) == ("second", "public", "Two")
    assert app.function.options.environment["requirements"] == ["numpy"]
    result = load_function_from(fal.LocalHost(), str(file), "one", app_name="other")
    assert (result.app_name, result.source_code) == ("other", file.read_text())
    assert result.function() == {"n": 1}
    options = result.function.options
    assert options.host["machine_type"] == ["L"]
    assert (options.gateway, options.get_exposed_port()) == ({"serve": True}, 8080)
    options.add_requirements(["numpy"])
    assert options.environment["requirements"] == ["pyjokes", "numpy"]
    assert result.function.options.environment["requirements"] == ["pyjokes"]


def test_a_project_is_found_around_its_files(tmp_path: Path) -> None:
    from fal.project import find_project_root, find_pyproject_toml

    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "app.py").touch()
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.fal]\n")
    place = str(tmp_path / "a" / "b" / "app.py")
    assert find_project_root([place]) == (tmp_path / "a", "pyproject.toml")
    assert find_pyproject_toml((place,)) == str(tmp_path / "a" / "pyproject.toml")
    (tmp_path / "a" / "b" / ".git").mkdir()
    assert find_project_root([place]) == (tmp_path / "a" / "b", ".git directory")
    assert find_project_root([place, str(tmp_path / "a")]) == (tmp_path / "a", "pyproject.toml")


def test_a_logger_takes_facts(caplog: pytest.LogCaptureFixture) -> None:
    from fal.logging import get_logger

    logger = get_logger("older.names", app="images").bind(step=1)
    with caplog.at_level(logging.INFO, "older.names"):
        logger.info("loaded %d%%", 50, seconds=3)
        logger.info("100%", model="sd")
        logger.debug("not shown", model="sd")
    records = [record for record in caplog.records if record.name == "older.names"]
    assert [record.getMessage() for record in records] == [
        "loaded 50% app='images' step=1 seconds=3",
        "100% app='images' step=1 model='sd'",
    ]
    assert {record.filename for record in records} == {Path(__file__).name}
