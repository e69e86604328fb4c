"""The wheel runs with the source tree gone, built from the checkout and from the sdist."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kmblint import __version__
from kmblint.lint.rulebook import TABLE, Rulebook

pytestmark = pytest.mark.install

ROOT = Path(__file__).parent.parent
HISTORY = "CREATE TABLE IF NOT EXISTS patients (id BIGINT PRIMARY KEY, ward_id BIGINT);\n"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # A checkout on the path would hide that something is missing from the wheel.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def built(outdir: Path, source: Path, *options: str) -> Path:
    done = run(sys.executable, "-m", "build", *options, "--outdir", outdir, source, cwd=outdir)
    assert done.returncode == 0, done.stderr
    (found,) = [path for path in outdir.iterdir() if path.suffix in {".whl", ".gz"}]
    return found


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    checkout = built(tmp_path_factory.mktemp("wheel"), ROOT, "--wheel")
    sdist = built(tmp_path_factory.mktemp("sdist"), ROOT, "--sdist")
    unpacked = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["tar", "xzf", sdist, "-C", unpacked, "--strip-components=1"], check=True)
    return {"checkout": checkout, "sdist": built(tmp_path_factory.mktemp("rebuilt"), unpacked, "--wheel")}


@pytest.mark.parametrize("origin", ["checkout", "sdist"])
def test_the_wheel_carries_every_card(wheels: dict[str, Path], origin: str) -> None:
    with zipfile.ZipFile(wheels[origin]) as wheel:
        packed = {
            name.removeprefix("kmblint/_rules/"): wheel.read(name)
            for name in wheel.namelist()
            if name.startswith("kmblint/_rules/") and name.endswith(".md")
        }
    assert packed == {path.name: path.read_bytes() for path in (ROOT / "rules").glob("*.md")}


@pytest.mark.parametrize("origin", ["checkout", "sdist"])
def test_the_wheel_carries_the_table_of_the_rules(wheels: dict[str, Path], origin: str) -> None:
    with zipfile.ZipFile(wheels[origin]) as wheel:
        assert wheel.read(f"kmblint/_rules/{TABLE}") == Rulebook.load().table()


@pytest.mark.parametrize("origin", ["checkout", "sdist"])
def test_the_wheel_carries_the_schemas_of_its_json(wheels: dict[str, Path], origin: str) -> None:
    with zipfile.ZipFile(wheels[origin]) as wheel:
        packed = {Path(name).name for name in wheel.namelist() if name.startswith("kmblint/schemas/")}
    assert packed == {path.name for path in (ROOT / "kmblint" / "schemas").glob("*.json")} != set()


def test_the_version_is_that_of_the_package(wheels: dict[str, Path]) -> None:
    assert {path.name.split("-")[1] for path in wheels.values()} == {__version__}


@pytest.mark.parametrize("origin", ["checkout", "sdist"])
def test_the_wheel_runs_with_the_source_tree_gone(wheels: dict[str, Path], origin: str, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    assert run(sys.executable, "-m", "venv", environment, cwd=tmp_path).returncode == 0
    python = environment / "bin" / "python"
    installed = run(python, "-m", "pip", "install", "--quiet", wheels[origin], cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    migrations = tmp_path / "clinic" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_patients.sql").write_text(HISTORY)
    (migrations / "0003_wards.sql").write_text(HISTORY.replace("patients", "wards"))
    checked = run(environment / "bin" / "kmblint", "check", "--output-format", "concise", cwd=migrations.parent)
    assert checked.returncode == 1, checked.stderr
    assert "KMB103 sequence-gap" in checked.stdout
    page = run(environment / "bin" / "kmblint", "check", "--output-format", "html", cwd=migrations.parent)
    assert "<style>" in page.stdout, page.stderr
    assert run(python, "-m", "kmblint", "explain", "sequence-gap", cwd=tmp_path).returncode == 0
    where = run(python, "-c", "import kmblint; print(kmblint.__file__)", cwd=tmp_path)
    assert str(environment) in where.stdout
