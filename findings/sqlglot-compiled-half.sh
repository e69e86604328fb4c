#!/usr/bin/env bash
# sqlglot 30.0.0 with its extra `c`: an exact pin installs, `pip check` is content, and `import sqlglot` fails.
#
# Guess before the run: the compiled half, sqlglotc, is a wheel of the same release, so `sqlglot[c]==30.0.0` brings
# sqlglotc 30.0.0, as extras of compiled speed-ups usually pin their other half.
# Seen instead: the extra of 30.0.0 asks for `sqlglotc` of any release. A resolver takes a newer one (30.10.0 is given
# here, so that the outcome doesn't change with the index), whose compiled modules take the place of the pure ones and
# import a name that sqlglot 30.0.0 doesn't have yet: `GeneratorNoDialectArgs`. From 30.0.1 on the extra pins its half.
# `sqlglot[c]>=30` is thus a lower bound that can't be imported, and tests with the lowest versions are what tells.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip --disable-pip-version-check "$@"; }

pip install --quiet 'sqlglot[c]==30.0.0' 'sqlglotc==30.10.0'
pip check
seen=$("$work/venv/bin/python" -c 'import sqlglot' 2>&1 | tail -1 || true)
echo "import: ${seen%% (*}"
[[ $seen == "ImportError: cannot import name 'GeneratorNoDialectArgs' from 'sqlglot._typing'"* ]]

asks() {
    pip install --quiet --no-deps --force-reinstall "sqlglot==$1"
    "$work/venv/bin/python" -c 'from importlib.metadata import requires
print(*(line for line in requires("sqlglot") if line.startswith("sqlglotc") and "\"c\"" in line))'
}
first=$(asks 30.0.0)
next=$(asks 30.0.1)
printf '30.0.0 asks for: %s\n30.0.1 asks for: %s\n' "$first" "$next"
[[ $first != *"=="*";"* && $first == sqlglotc* && $next == "sqlglotc==30.0.1;"* ]]

pip uninstall --quiet --yes sqlglotc
pip install --quiet --no-deps --force-reinstall 'sqlglot==30.0.0'
"$work/venv/bin/python" -c 'import sqlglot; print("without the compiled half:", sqlglot.__version__)'
