"""What runs elsewhere: the workflows and the action name exactly what they run, and leave no credentials behind."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kmblint import __version__

ROOT = Path(__file__).parent.parent
FILES = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), ROOT / "action.yml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash(path: Path) -> None:
    """A tag can be moved; the version stands behind the hash, for the reader."""
    used = re.findall(r"^ *-? *uses: *(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_checkout_keeps_no_credentials(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    checkouts = re.findall(r"uses: actions/checkout@.*\n +with:\n +persist-credentials: false\n", text)
    assert len(checkouts) == text.count("actions/checkout@")


RELEASE = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")


def _jobs(text: str) -> dict[str, str]:
    parts = re.split(r"^  ([\w-]+):\n", text.partition("\njobs:\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _rights(text: str) -> set[str]:
    found = re.search(r"^ *permissions:\n((?: +[\w-]+: \w+(?: #.*)?\n)+)", text, re.MULTILINE)
    return set(re.findall(r"[\w-]+: \w+", found[1])) if found else set()


def test_rights_are_those_that_are_needed() -> None:
    """Who builds and tests can't publish, who publishes can't change the repository, and nothing else may write."""
    assert "\npermissions: {}\n" in RELEASE
    assert {name: _rights(job) for name, job in _jobs(RELEASE).items()} == {
        "build": {"contents: read"},
        "publish": {"id-token: write", "attestations: write"},
        "announce": {"contents: write"},
    }
    for path in FILES:
        if path.name in ("release.yml", "action.yml"):
            continue
        text = path.read_text(encoding="utf-8")
        assert _rights(text.partition("\njobs:\n")[0]) == {"contents: read"}, path.name
        assert "write" not in " ".join(_rights(text.partition("\njobs:\n")[2])), path.name
    assert "secrets." not in "".join(path.read_text(encoding="utf-8") for path in FILES)


def test_what_is_published_is_what_was_built() -> None:
    jobs = _jobs(RELEASE)
    runs = re.findall(r"run: (.*)", jobs["build"])
    assert runs[-2:] == [".ci/run", '.ci/release "$GITHUB_REF_NAME"']
    # One artifact goes from job to job, and no other job checks anything out, builds or installs.
    for name, before in (("publish", "build"), ("announce", "publish")):
        assert f"    needs: {before}\n" in jobs[name]
        assert jobs[name].count("actions/download-artifact@") == 1
        assert not re.search(r"checkout@|pip |build |setup-python@", jobs[name])
    assert jobs["publish"].index("sha256sum --check") < jobs["publish"].index("attest-build-provenance@")
    assert jobs["publish"].index("attest-build-provenance@") < jobs["publish"].index("gh-action-pypi-publish@")
    assert "tags:" in RELEASE.partition("\njobs:\n")[0]
    assert "pull_request" not in RELEASE


def test_no_workflow_reads_what_a_stranger_names_as_shell_code() -> None:
    """A branch may be called `$(…)`; what comes from outside goes through the environment."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert "pull_request_target" not in text
        for script in re.findall(r"run: (?:\|\n((?: {8,}.*\n)+)|(.*))", text):
            assert "${{" not in "".join(script), path.name


def test_a_release_needs_its_tag_and_its_section_of_the_changelog(tmp_path: Path) -> None:
    for name in (".ci", "kmblint"):
        (tmp_path / name).mkdir()
    for name in (".ci/release", "kmblint/__init__.py", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path / name)

    def said(tag: str) -> str:
        ended = subprocess.run([tmp_path / ".ci" / "release", tag], capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        return ended.stderr

    assert said("v9.9.9") == f"the tag is `v9.9.9`, and the version is {__version__}\n"
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(changelog.replace("(unreleased)", "(soon)"), encoding="utf-8")
    assert said(f"v{__version__}") == f"CHANGELOG.md has no section `## {__version__} (the day)`\n"


def test_every_python_that_we_name_is_tried_and_the_lowest_dependencies_are() -> None:
    ci = _jobs((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)
    (tried,) = re.findall(r"python: \[(.*)\]", ci["run"])
    assert re.findall(r'"([\d.]+)"', tried) == named
    (lowest,) = re.findall(r'^requires-python = ">=(.*)"', project, re.MULTILINE)
    assert (named[0], f'python-version: "{lowest}"' in ci["lowest"]) == (lowest, True)
    assert "--resolution lowest-direct --group test" in ci["lowest"]
    assert "[windows-latest, macos-latest]" in ci["elsewhere"]
    for named_test in re.findall(r"tests/\S+", ci["elsewhere"]):
        assert (ROOT / named_test).exists(), named_test
