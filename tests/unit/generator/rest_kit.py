"""What the tests of the REST half share: fragments of specifications, and how to generate from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.output import formatting
from generator.render import grpc, rest
from generator.spec import load
from generator.spec.policy import Policy
from generator.spec.rest_model import Rest
from generator.spec.rest_reader import read_rest

HEAD = "openapi: 3.1.0\ninfo: {title: fragment, version: '1'}\n"
POLICY = Policy(5.0, 0.0, True, ("503", "connect"), 2)


def write_spec(root: Path, files: dict[str, str], overlay: str = "") -> Path:
    """Write a specification folder; every file is an OpenAPI fragment without its head."""
    spec = root / "spec"
    (spec / "openapi").mkdir(parents=True)
    for name, text in files.items():
        (spec / "openapi" / f"{name}.yaml").write_text(HEAD + text, encoding="utf-8")
    (spec / "overlay.yaml").write_text(overlay, encoding="utf-8")
    return spec


def generate(root: Path, files: dict[str, str], package: str, overlay: str = "") -> Path:
    """Generate and format the REST half of `package`; return its folder."""
    spec = write_spec(root, files, overlay)
    out = root / package
    generate_rest_of(spec, package, out)
    formatting.format_tree(*sorted(out.rglob("*.py")))
    return out


def read(spec: Path) -> Rest:
    """Return what the documents of a specification folder say."""
    return read_rest(load.read_document(spec))


def generate_rest_of(spec: Path, package: str, out: Path) -> None:
    """Generate the REST half of `package` into its folder, unformatted."""
    result = read(spec)
    grpc.generate_shared(out)
    rest.generate_rest(result, {item.name: POLICY for item in result.operations}, package, out / "rest")


def operation(responses: str = "{'200': {description: Done.}}", **extra: Any) -> str:
    """Return a document with one operation, in YAML's flow style."""
    more = "".join(f", {key}: {value}" for key, value in extra.items())
    return f"paths:\n  /it:\n    get: {{operationId: get_it, responses: {responses}{more}}}\n"


def _get(name: str, schema: str, path: str = "") -> str:
    answer = f"{{'200': {{description: Done., content: {{application/json: {{schema: {schema}}}}}}}}}"
    return f"  {path or '/' + name}:\n    get: {{operationId: {name}, responses: {answer}}}\n"


def _ref(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


def _send(name: str, schema: str, required: str = "true", status: str = "200") -> str:
    body = f"{{required: {required}, content: {{application/json: {{schema: {schema}}}}}}}"
    answer = f"{{'{status}': {{description: Done.}}}}"
    return f"  /{name}:\n    post: {{operationId: {name}, requestBody: {body}, responses: {answer}}}\n"


WORDS = (
    *(
        "from",
        "class",
        "import",
        "lambda",
        "None",
        "self",
        "cls",
        "int",
        "str",
        "list",
        "dict",
        "field",
        "hash",
        "type",
    ),
    *("value", "key", "found", "data", "wire", "to_dict", "from_dict", "additional_properties", "dataclass"),
    *("x-dashed", "2nd", "_hidden", "camelCase", "with space", "datetime"),
)

FRAGMENTS = {
    "reserved": "paths:\n"
    + _get("get_reserved", _ref("Policy"))
    + """
  /odd/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: get_odd_parameters
      parameters:
        - {name: from, in: query, schema: {type: string}}
        - {name: wire, in: query, schema: {type: array, items: {type: integer}}}
        - {name: X-Odd.Name, in: header, schema: {type: string}}
        - {name: self, in: query, schema: {type: string}}
        - {name: hash, in: query, schema: {type: boolean}}
        - {name: lambda, in: query, schema: {type: number}}
      responses: {'200': {description: Done.}}
components:
  schemas:
    Policy:
      type: object
      title: Something else
      properties:
"""
    + "".join(f"        '{word}': {{type: integer, title: Title}}\n" for word in WORDS),
    "recursion": "paths:\n"
    + _get("get_node", _ref("Node"))
    + _get("get_left", _ref("Left"))
    + _get("get_tree", _ref("Tree"))
    + _send("make_node", _ref("Node"), status="201")
    + f"""
components:
  schemas:
    Node:
      type: object
      required: [value, children]
      properties:
        value: {{type: integer}}
        children: {{type: array, items: {_ref("Node")}}}
        next: {{anyOf: [{_ref("Node")}, {{type: 'null'}}]}}
    Left: {{type: object, properties: {{right: {_ref("Right")}}}}}
    Right: {{type: object, properties: {{left: {_ref("Left")}}}}}
    Tree: {{type: object, additionalProperties: {_ref("Tree")}}}
""",
    "maps": "paths:\n"
    + _get("get_maps", _ref("Maps"))
    + _get("get_counts", _ref("Counts"))
    + _get("get_absent", _ref("Absent"))
    + _get("get_closed", _ref("Closed"))
    + _send("send_map", "{type: object, additionalProperties: {type: string, format: date-time}}")
    + f"""
components:
  schemas:
    Counts: {{type: object, additionalProperties: {{type: integer}}}}
    Cell: {{type: object, required: [n], properties: {{n: {{type: integer}}}}}}
    Closed: {{type: object, additionalProperties: false, properties: {{a: {{type: integer}}}}}}
    Maps:
      type: object
      properties:
        counts: {_ref("Counts")}
        deep:
          type: object
          additionalProperties:
            {{type: object, additionalProperties: {{type: array, items: {_ref("Cell")}}}}}
        free: {{type: object}}
        anything: {{}}
        maybe: {{type: object, additionalProperties: {{type: [integer, 'null']}}}}
        typed: {{type: object, properties: {{known: {{type: string}}}}, additionalProperties: {{type: integer}}}}
    Absent:
      type: object
      properties:
        items: {{type: array, x-absent: empty, items: {{type: integer}}}}
        by_name: {{type: object, x-absent: empty, additionalProperties: {{type: string}}}}
        other: {{type: array, items: {{}}}}
""",
    "nullable": "paths:\n"
    + _get("get_nullable", _ref("Nullable"))
    + _send("set_nullable", _ref("Nullable"))
    + _get("get_animal", f"{{oneOf: [{_ref('Bird')}, {_ref('Beast')}]}}")
    + """
components:
  schemas:
    Bird: {type: object, properties: {name: {type: string}, wings: {type: integer}}}
    Beast: {type: object, properties: {name: {type: string}, legs: {type: integer}}}
    Other:
      type: object
      required: [value, children]
      properties: {value: {type: integer}, children: {type: array, items: {}}}
    Nullable:
      type: object
      required: [must, numbers, either]
      properties:
        text: {type: [string, 'null']}
        must: {type: [integer, 'null']}
        node: {anyOf: [{$ref: '#/components/schemas/Other'}, {type: 'null'}]}
        numbers: {type: array, items: {type: [integer, 'null']}}
        shade: {enum: [dark, light, null]}
        either:
          anyOf: [{type: integer}, {type: string}, {type: array, items: {type: integer}}]
""",
    "shapes": "paths:\n"
    + _get("get_deep", _ref("Deep"))
    + _get("list_points", f"{{type: array, items: {_ref('Point')}}}")
    + _get("get_point", _ref("Point"))
    + _get("get_number", "{type: number}")
    + _get("get_extended", _ref("Extended"))
    + _get("get_only_one", f"{{allOf: [{_ref('Point')}]}}")
    + _get("get_anything", "{}")
    + _get("get_secretive", _ref("Secretive"))
    + f"""
components:
  schemas:
    Point: {{type: object, required: [n], properties: {{n: {{type: integer, format: int64}}}}}}
    Labelled: {{type: object, properties: {{label: {{type: string}}}}}}
    Extended:
      allOf:
        - {_ref("Point")}
        - {_ref("Labelled")}
        - {{type: object, required: [own, label], properties: {{own: {{type: boolean}}}}}}
    Secretive:
      type: object
      deprecated: true
      required: [token]
      properties: {{token: {{type: string, format: password}}, name: {{type: string}}}}
    Deep:
      type: object
      properties:
        level1:
          type: object
          properties:
            level2:
              type: object
              properties:
                level3:
                  type: object
                  properties:
                    grid: {{type: array, items: {{type: array, items: {_ref("Point")}}}}}
""",
    "enums": "paths:\n"
    + _get("get_shades", f"{{type: array, items: {_ref('Shade')}}}")
    + _get("get_grade", _ref("Grade"))
    + _send("send_list", f"{{type: array, items: {_ref('Shade')}}}", "false")
    + _send("send_optional", "{type: object, properties: {a: {type: integer, deprecated: true}}}", "false")
    + """
components:
  schemas:
    Shade: {type: string, enum: [dark, light, very-light, "2x"]}
    Grade: {type: integer, enum: [1, 2, -1]}
""",
    "times": "paths:\n"
    + _get("get_times", _ref("Times"))
    + """
  /times/find:
    get:
      operationId: find_times
      parameters:
        - {name: since, in: query, schema: {anyOf: [{type: string, format: date-time}, {type: string}]}}
      responses: {'200': {description: Done.}}
components:
  schemas:
    Times:
      type: object
      required: [at, day, id]
      properties:
        at: {type: string, format: date-time}
        day: {type: string, format: date}
        id: {type: string, format: uuid}
""",
    "paths": """
paths:
  /files/{file_path}/content:
    get:
      operationId: read_file
      parameters:
        - {name: file_path, in: path, required: true, x-contains-slashes: true, schema: {type: string}}
      responses: {'200': {description: Done.}}
  /parts/{name}/{number}:
    get:
      operationId: get_part
      parameters:
        - {name: number, in: path, required: true, schema: {type: integer}}
        - {name: name, in: path, required: true, schema: {type: string}}
      responses: {'200': {description: Done.}}
  /upload:
    put:
      operationId: put_files
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [first]
              properties:
                first: {type: string, format: binary}
                second: {type: string, format: binary}
            encoding:
              first: {x-filename: chunk}
              second: {contentType: image/png}
      responses: {'200': {description: Done.}}
  /merge:
    patch:
      operationId: merge_it
      requestBody:
        content:
          application/merge-patch+json:
            schema: {type: object, properties: {name: {type: [string, 'null']}}}
      responses: {'200': {description: Done.}}
""",
    "styles": """
paths:
  /at/{list}/{flat}/{pairs}/{json}:
    get:
      operationId: get_styles
      parameters:
        - {name: list, in: path, required: true, schema: {$ref: '#/components/schemas/Names'}}
        - {name: flat, in: path, required: true, schema: {$ref: '#/components/schemas/Spot'}}
        - {name: pairs, in: path, required: true, explode: true, schema: {$ref: '#/components/schemas/Spot'}}
        - name: json
          in: path
          required: true
          content: {application/json: {schema: {$ref: '#/components/schemas/Spot'}}}
        - {name: X-Flat, in: header, schema: {$ref: '#/components/schemas/Spot'}}
        - {name: X-Pairs, in: header, explode: true, schema: {$ref: '#/components/schemas/Spot'}}
        - {name: each, in: cookie, schema: {$ref: '#/components/schemas/Names'}}
        - {name: whole, in: cookie, explode: false, schema: {$ref: '#/components/schemas/Spot'}}
        - {name: written, in: cookie, content: {application/json: {schema: {$ref: '#/components/schemas/Spot'}}}}
      responses: {'200': {description: Done.}}
  /form:
    post:
      operationId: post_form
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                plain: {$ref: '#/components/schemas/Spot'}
                deep: {$ref: '#/components/schemas/Spot'}
                written: {$ref: '#/components/schemas/Spot'}
                each: {$ref: '#/components/schemas/Names'}
                whole: {$ref: '#/components/schemas/Names'}
                spaced: {$ref: '#/components/schemas/Names'}
            encoding:
              deep: {style: deepObject}
              written: {contentType: application/json}
              whole: {explode: false}
              spaced: {style: spaceDelimited}
      responses: {'200': {description: Done.}}
components:
  schemas:
    Names: {type: array, items: {type: string}}
    Spot: {type: object, properties: {x: {type: integer}, name: {type: string}}}
""",
    "answers": """
paths:
  /drop:
    delete:
      operationId: drop_it
      responses: {'200': {description: Done.}, '204': {description: Done.}}
  /maybe:
    get:
      operationId: get_maybe
      responses:
        '200': {description: Here., content: {application/json: {schema: {$ref: '#/components/schemas/Answer'}}}}
        '204': {description: Nothing.}
  /documented-errors:
    get:
      operationId: get_error_documented
      responses:
        '200': {description: Done.}
        '422': {description: Wrong., content: {application/json: {schema: {$ref: '#/components/schemas/Answer'}}}}
  /text:
    get:
      operationId: get_text
      responses: {'200': {description: Text., content: {text/plain: {schema: {type: string}}}}}
  /bytes:
    get:
      operationId: get_bytes
      responses:
        '200': {description: Bytes., content: {application/octet-stream: {schema: {type: string, format: binary}}}}
  /warned:
    get:
      operationId: get_warned
      responses: {'200': {description: Warned., content: {application/json: {schema: {$ref: '#/components/schemas/Warned'}}}}}
  /wild:
    get:
      operationId: get_wild
      responses:
        '200': {description: JSON., content: {'*/*': {schema: {$ref: '#/components/schemas/Answer'}}}}
        '201': {description: A file., content: {application/json: {schema: {type: string, format: binary}}}}
        '202': {description: Text or not., content: {'*/*': {schema: {type: string}}}}
  /follow:
    get:
      operationId: follow
      responses:
        '200': {description: Events., content: {text/event-stream: {schema: {$ref: '#/components/schemas/Answer'}}}}
  /follow-text:
    get:
      operationId: follow_text
      responses: {'200': {description: Events., content: {text/event-stream: {schema: {type: string}}}}}
  /documented:
    get:
      operationId: get_documented
      summary: Return "it".
      description: A description with a backslash \\d and quotes.
      deprecated: true
      parameters:
        - {name: which, in: query, description: Which one., deprecated: true, schema: {type: string}}
      responses: {'200': {description: The thing., content: {application/json: {schema: {}}}}}
components:
  schemas:
    Warned: {type: object, properties: {all: {type: array, items: {$ref: '#/components/schemas/Warning'}}}}
    Warning: {type: object, required: [text], properties: {text: {type: string}}}
    Answer: {type: object, required: [n], properties: {n: {type: integer, description: 'How many "things"'}}}
""",
}
