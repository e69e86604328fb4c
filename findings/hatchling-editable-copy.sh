#!/usr/bin/env bash
# hatchling 1.27.0: an editable install leaves a copy of forced files that no import reaches and nothing brings up to date.
#
# Guess before the run: with `force-include` of `rules` as `pkg/_rules`, an editable install either shows the folder
# under the package or leaves it out, as it does with the package's own files.
# Seen instead: `site-packages/pkg/_rules/a.md` is written once, beside the .pth file that leads to the checkout. The
# package itself is the checkout's, so `importlib.resources.files("pkg") / "_rules"` isn't there, while the copy keeps
# the text of the day of the install. Whoever looks for the data by path finds the stale one; a package that reads forced
# files has to look beside its checkout first.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work/project/pkg" "$work/project/rules"
cd "$work/project"
echo '__version__ = "0"' > pkg/__init__.py
echo 'on the day of the install' > rules/a.md
cat > pyproject.toml <<'TOML'
[build-system]
requires = ["hatchling==1.27.0"]
build-backend = "hatchling.build"

[project]
name = "pkg"
version = "0"

[tool.hatch.build.targets.wheel]
packages = ["pkg"]

[tool.hatch.build.targets.wheel.force-include]
rules = "pkg/_rules"
TOML
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --editable .
echo 'changed since' > rules/a.md
cd "$work"
"$work/venv/bin/python" - <<'PY'
import site
from importlib.resources import files
from pathlib import Path

(copy,) = (path for folder in site.getsitepackages() for path in Path(folder).rglob("pkg/_rules/a.md"))
print("in site-packages:", copy.read_text().strip(), "· under the package:", (files("pkg") / "_rules").is_dir())
assert copy.read_text() == "on the day of the install\n"
assert not (files("pkg") / "_rules").is_dir() and files("pkg").name == "pkg"
PY
