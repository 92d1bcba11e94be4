"""Read spec/, all of it, once, into one frozen value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import frozen
from google.protobuf import descriptor_pb2 as d

from generator.errors import SpecError
from generator.spec import mapping, overlay, policy, sources
from generator.spec import words as wording
from generator.spec.inline import with_names
from generator.spec.openapi import merged
from generator.spec.proto_model import Protos
from generator.spec.protos import read_protos
from generator.spec.rest_model import Rest
from generator.spec.rest_reader import read_rest
from generator.spec.sources import Output, Sources
from generator.spec.tomlfile import read_text, read_toml
from generator.spec.yamlfile import read_yaml


@frozen
class Spec:
    """What a project's spec/ says.

    Attributes:
        root: The project.
        protos, rest: The two wires, in the project's words.
        descriptors: The proto files as protoc describes them.
        document: The OpenAPI documents as one, in the project's words.
        words: Element -> the project's words; None where the specification speaks for itself.
        held: The same as words.toml has it, which may be behind.
        stated: Element -> the specification's own words.
    """

    root: Path
    sources: Sources
    protos: Protos
    descriptors: d.FileDescriptorSet
    document: dict[str, Any]
    rest: Rest
    mappings: mapping.Mappings
    words: wording.Words | None
    held: wording.Words | None
    stated: wording.Words

    @property
    def output(self) -> Output:
        """Where the generated package goes."""
        if self.sources.output is None:
            raise SpecError("sources.toml: [output] needs `package` and `folder`, and may have `surface` and `command`")
        return self.sources.output

    @property
    def folder(self) -> Path:
        """The folder of the generated package."""
        return self.root / self.output.folder


def load(root: Path) -> Spec:
    """Read and check everything below `spec/`; each file is read once.

    Raises:
        SpecError: with everything that is wrong in the first file, or pair of files, that has problems.
    """
    spec = root / "spec"
    pins = sources.parse_sources(read_toml(spec / sources.NAME))
    protos, descriptors = read_protos(spec / "proto")
    document = read_document(spec)
    if not protos.rpcs and not document["paths"]:
        raise SpecError(
            f"{spec.name}: there is neither a .proto file with a service nor an OpenAPI document with a path",
            *protos.notes,
        )
    stated = wording.stated(protos, document)
    text = read_text(spec / wording.NAME)
    held = None if text is None else wording.parse_words(text)
    ours = None if held is None else wording.adopted(held, stated)
    spoken = wording.spoken(document, ours)
    protos = wording.reworded(protos, ours)
    rest = read_rest(spoken)
    mappings = mapping.parse_mappings(read_toml(spec / "mapping.toml"), read_toml(spec / policy.NAME), protos, rest)
    return Spec(root, pins, protos, descriptors, spoken, rest, mappings, ours, held, stated)


def read_document(spec: Path) -> dict[str, Any]:
    """Return the OpenAPI documents below `spec` as one document, in their own words.

    Raises:
        SpecError: with every problem of the overlay, or else every problem of the documents.
    """
    folder = spec / "openapi"
    paths = sorted((*folder.glob("*.yaml"), *folder.glob("*.json")))
    corrections = read_yaml(spec / overlay.NAME) if (spec / overlay.NAME).exists() else {}
    return with_names(merged({path.name: read_yaml(path) for path in paths}, corrections))
