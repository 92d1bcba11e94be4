"""mapping.toml and policy.toml are held against the specification, whole, and every problem is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.spec.mapping import parse_mappings
from generator.spec.protos import read_protos
from generator.spec.rest_model import Rest
from generator.spec.tomlfile import parse_toml

PROTO = """syntax = "proto3";
service S { rpc Get(Req) returns (Res); rpc Put(Req) returns (Res); }
message Req { string name = 1; }
message Res { Colour colour = 1; }
enum Colour { RED = 0; }
"""
POLICY = """[rpc.Get]
deadline = 5
attempt_timeout = 1
idempotent = true
retry_on = ["UNAVAILABLE"]
max_attempts = 3
[rpc.Put]
deadline = 5
attempt_timeout = 1
idempotent = false
retry_on = []
max_attempts = 1
"""
MAPPING = '[rpc.Get]\nsurface = "things.get"\n[rpc.Put]\nwaived = "nobody puts"\n'


def load(folder: Path, mapping: str, policy: str = POLICY) -> None:
    (folder / "proto").mkdir()
    (folder / "proto" / "it.proto").write_text(PROTO)
    protos, _ = read_protos(folder / "proto")
    parse_mappings(parse_toml(mapping, "mapping.toml"), parse_toml(policy, "policy.toml"), protos, Rest())


def test_a_complete_mapping_is_taken(tmp_path: Path) -> None:
    load(tmp_path, MAPPING)


@pytest.mark.parametrize(
    ("mapping", "policy", "complaint"),
    [
        ('[rpc.Get]\nsurface = "x"\n', POLICY, "nothing says what uses Put"),
        (MAPPING + '[rpc.Gte]\nwaived = "?"\n', POLICY, "did you mean 'Get'"),
        ('[rpc.Get]\nsurface = "x"\nwaived = "y"\n[rpc.Put]\nwaived = "z"\n', POLICY, "either `surface`"),
        (
            MAPPING.replace("[rpc.Put]", 'params = { nam = "n" }\n[rpc.Put]'),
            POLICY,
            r"no field 'nam'; did you mean 'name'",
        ),
        (MAPPING.replace("[rpc.Put]", 'waived_fields = { gone = "n" }\n[rpc.Put]'), POLICY, "no field 'gone'"),
        (MAPPING + '[model.X]\nmessage = "Rse"\n', POLICY, "did you mean 'Res'"),
        (MAPPING + '[model.X]\nmessage = "Res"\nrename = { colr = "c" }\n', POLICY, "did you mean 'colour'"),
        (MAPPING + '[model.X]\nmessage = "Res"\ntypes = { colour = "time" }\n', POLICY, "no field type 'time'"),
        (MAPPING + '[enum.X]\nenum = "Colour"\nrename = { RDE = "X" }\n', POLICY, "no value 'RDE'; did you mean 'RED'"),
        (MAPPING.replace("[rpc.Put]", "rows = 1\n[rpc.Put]"), POLICY, "rows is true or false, not 1"),
        (MAPPING + "[rest.get_it]\nrows = true\n", POLICY, "there is no key 'rows'"),
        (MAPPING + "[rpcs.Get]\n", POLICY, "no key 'rpcs'; did you mean 'rpc'"),
        (MAPPING + "[", POLICY, "mapping.toml: "),
        (MAPPING, POLICY.split("[rpc.Put]")[0], "Put has no policy"),
        (MAPPING, POLICY + "[rpc.Del]\n", "no operation 'Del'"),
        (MAPPING, POLICY.replace("deadline = 5", "dedline = 5", 1), "there is no key 'dedline'"),
    ],
)
def test_every_fault_is_named(tmp_path: Path, mapping: str, policy: str, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        load(tmp_path, mapping, policy)


def test_all_faults_come_in_one_error(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, '[rpc.Nope]\nwaived = "x"\n[enum.X]\nenum = "Y"\n', "")
    text = str(caught.value)
    for part in ("'Nope'", "what uses Get", "what uses Put", "no enum 'Y'", "Get has no policy"):
        assert part in text
