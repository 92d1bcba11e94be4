# `just` alone lists the recipes. The starred ones are all that a newcomer needs.

set shell := ["bash", "-euo", "pipefail", "-c"]

root := justfile_directory()
python := root / ".venv/bin/python"
stamp := root / ".venv/.prepared"

# List the recipes.
[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# * Install everything the project needs into .venv.
prepare:
    #!/usr/bin/env bash
    set -euo pipefail
    cd {{ quote(root) }}
    [ -x "{{ python }}" ] || python3 -m venv .venv
    wanted=$(cat requirements/dev.txt pyproject.toml | "{{ python }}" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    if [ "$(cat {{ quote(stamp) }} 2>/dev/null)" != "$wanted" ]; then
        echo "installing what the project needs into .venv ..."
        "{{ python }}" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
        "{{ python }}" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
        echo "$wanted" > {{ quote(stamp) }}
    fi

# * Check the types, the style, the generated code and the behaviour.
test *arguments: prepare lint check-generated check-surface
    cd {{ quote(root) }} && "{{ python }}" -m pytest -n 2 --dist loadfile {{ arguments }}
    @echo "Left out, as they need more than a bare machine: just fuzz, browser, callers, clients, containers, mock, congruence, peer, apps, distributed, matrix, debian, docs, audit, bench."

# Run the tests with line coverage, and fail below the floor that pyproject.toml sets; build/coverage.txt names the lines.
coverage: prepare
    #!/usr/bin/env bash
    set -euo pipefail
    cd {{ quote(root) }} && mkdir -p build
    status=0
    # The floor is checked afterwards: slipcover 1.1 loses what the workers of pytest-xdist ran when a run compares with one.
    "{{ python }}" -m slipcover --fail-under 0 --json --out build/coverage.json -m pytest -n 2 --dist loadfile || status=$?
    "{{ python }}" -m slipcover --merge build/coverage.json --out build/coverage.json >build/coverage.txt || status=$?
    tail -n 1 build/coverage.txt
    exit $status

# * Write src/fal/_gen anew from spec/.
generate: prepare
    cd {{ quote(root) }} && "{{ python }}" -m generator generate

# Take over the words of the specification into the generated docstrings: re-wording alone changes nothing there.
words: prepare
    cd {{ quote(root) }} && "{{ python }}" -m generator words && "{{ python }}" -m generator generate

# Take over the REST operations of spec/ into the table that the tests hold them against.
operations-table: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tests.unit.generator.render.operations_table

# Write docs/settings.md anew from the table of settings.
settings-page: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tests.unit.app.settings_page

# * Start the local control plane, deploy an app, call it, scale it, stop it.
demo: prepare
    cd {{ quote(root) }} && "{{ python }}" examples/demo.py

# Bring spec/ up to date with upstream; --isolate-proto newest takes another version than the pinned one.
pull-spec *arguments: prepare
    cd {{ quote(root) }} && "{{ python }}" -m generator pull {{ arguments }}

# Follow upstream: pull, diff, generate, check, check-surface, tests, and a report in build/regenerate/; --dry-run writes nothing.
regenerate *arguments: prepare
    cd {{ quote(root) }} && "{{ python }}" -m generator regenerate {{ arguments }}

# Pull, generate, import and call eighteen published releases, the oldest supported one to the newest.
pull-matrix: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pytest tests/unit/generator/upstream/test_pull_published.py -m 'slow or not slow'

# Damage an OpenAPI document a thousand times: what is taken has to generate a package that imports and passes mypy --strict.
fuzz: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pytest tests/unit/generator/upstream/test_damage.py -m 'slow or not slow'

# Fail with a difference when src/fal/_gen is not what spec/ says.
check-generated: prepare
    cd {{ quote(root) }} && "{{ python }}" -m generator check

# Fail when something on the wire is neither exposed nor waived.
check-surface: prepare
    cd {{ quote(root) }} && "{{ python }}" -m generator check-surface

# Check style, types and import contracts.
lint: prepare
    #!/usr/bin/env bash
    set -euo pipefail
    cd {{ quote(root) }}
    bin={{ quote(root / ".venv/bin") }}
    "$bin/ruff" check .
    "$bin/ruff" format --check .
    "$bin/mypy" src generator tests
    "$bin/pyright"
    "$bin/lint-imports"

# Format the sources.
format: prepare
    cd {{ quote(root) }} && .venv/bin/ruff check --fix . && .venv/bin/ruff format .

# Write docs/cli anew, a page for each command.
pages: prepare
    cd {{ quote(root) }} && "{{ python }}" -m fal.cli._pages docs/cli

# Start the local control plane and keep it running until Ctrl-C.
emulator *arguments: prepare
    cd {{ quote(root) }} && "{{ python }}" -m fal_emulator {{ arguments }}

# Look for secrets everywhere and at every door, and write docs/evidence/security.md from what was looked at.
security: (_evidence "security")

# Run the SDK's tests on each Python that is here (or on PYTHONS, such as 3.13), with the oldest and the newest dependencies.
matrix *pythons: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tests.support.matrix {{ pythons }}

# Run README's test command, or another one, in a fresh Debian: `just debian sid` (Python 3.14), `just debian trixie` (3.13).
debian suite *command:
    {{ quote(root / "tests/support/debian.sh") }} {{ quote(suite) }} {{ if command == "" { "" } else { quote(command) } }}

# Compare every request and every result with the peer's, and write docs/evidence/congruence.md.
congruence: _peer (_evidence "congruence")

# Fork, thread, interrupt and end processes, look for leaks, and write docs/evidence/processes.md.
processes: (_evidence "processes" "--dist" "load")

# Run fal.distributed with two workers on the CPU, with PyTorch in an environment of its own.
distributed: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pytest -m slow tests/distributed

# Deploy apps of our own making with both, compare all that they answer, and write docs/evidence/apps.md.
apps: _peer (_evidence "apps")

# Let the peer's own CLI and SDK drive the local control plane, and write docs/evidence/peer.md from what they did.
peer: _peer (_evidence "peer")

# Let fal's own callers, from PyPI and npm, call apps on the local control plane; the second one needs Node.
callers: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pytest -n 0 tests/callers -m "slow or not slow"

# Let the peer's CLI and SDK, fal's own callers and a browser use one running control plane, in turn; needs what these recipes need.
clients: _peer _browser
    cd {{ quote(root) }} && "{{ python }}" -m pytest -n 0 tests/peer tests/callers tests/browser -m "slow or not slow"

# Hold the REST operations against Prism, from npm, which mocks and checks by the documents in spec/; it needs Node.
mock: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pytest -n 0 tests/platform -m "slow or not slow"

# Break connections at every byte and in every other way, and write docs/evidence/faults.md from what was injected.
faults: (_evidence "faults" "--dist" "load")

# Use the page of the local control plane in a real browser; it needs Chromium (Debian: apt-get install chromium).
browser: _browser
    cd {{ quote(root) }} && "{{ python }}" -m pytest -n 0 tests/browser -m "slow or not slow"

# Run apps in containers; it needs podman or docker (Debian: apt-get install podman runc), and pulls no image.
containers: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pytest -n 0 tests/containers -m "slow or not slow"

# Take a screenshot of each section of the page for the documentation; it needs what `just browser` needs.
screenshots: _browser
    cd {{ quote(root) }} && "{{ python }}" -m tests.browser.screenshots

# Record a terminal for the documentation: docs/images/terminal.svg.
recording: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.recording

# Draw README's badges from pyproject.toml and what is installed: docs/images/badges.svg.
badges: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.badges

# Install what drives a browser.
[private]
_browser: prepare
    cd {{ quote(root) }} && "{{ python }}" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/browser.txt

# Install the peer into an environment of its own.
[private]
_peer: prepare
    cd {{ quote(root) }} && "{{ python }}" -c 'from tests.support.peer_venv import peer; peer()'

# Run a folder of tests whole, the slow ones included, and write its page of evidence.
[private]
_evidence suite *options: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tests.support.evidence {{ suite }} {{ options }}

# Measure against the peer in one interleaved run, and write docs/evidence/speed.md; with names of cases, only print them.
bench *cases: prepare
    cd {{ quote(root) }} && "{{ python }}" -m benchmarks.run {{ cases }}

# Check the types of the SDK and the generator as they are on Windows and on macOS.
platforms: prepare
    #!/usr/bin/env bash
    set -euo pipefail
    cd {{ quote(root) }}
    for pair in win32:Windows darwin:Darwin; do
        .venv/bin/mypy --platform "${pair%:*}" --cache-dir ".mypy_cache/${pair%:*}" src/fal generator
        .venv/bin/pyright --pythonplatform "${pair#*:}" src/fal generator
    done

# Build sdist and wheel twice, check them, install them, and run the tests from the unpacked sdist; SBOM and licences to build/.
build: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.build

# Build the documentation site into build/site, strictly, and check every link of it.
docs: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.docs

# Write, commit and tag a version: the changelog's Unreleased section becomes its notes.
release version: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.release {{ quote(version) }}

# Write the snapshot of the public API anew; CHANGELOG.md has to say what changed.
public-api: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.public_api write

# Look for known flaws in what is pinned and in what the wheel pulls in.
audit: prepare
    cd {{ quote(root) }} && "{{ python }}" -m tools.audit

# Pin the requirements anew, with hashes; what is pinned stays, unless --upgrade or --upgrade-package NAME is given.
pin *arguments: prepare
    #!/usr/bin/env bash
    set -euo pipefail
    cd {{ quote(root) }}
    compile=("{{ python }}" -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet {{ arguments }})
    "${compile[@]}" --extra emulator --extra cli --group dev --output-file requirements/dev.txt pyproject.toml
    "${compile[@]}" --group browser --constraint requirements/dev.txt --output-file requirements/browser.txt
    "${compile[@]}" --group release --output-file requirements/release.txt
    "${compile[@]}" --group docs --output-file requirements/docs.txt
