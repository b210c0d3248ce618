"""`scripts/find-python` runs each candidate, because a name on the PATH may only fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "find-python"
SHELL = shutil.which("sh")


@pytest.fixture
def folder(tmp_path):
    """A PATH folder in which a test puts the programs it wants there to be."""
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def program(folder, name, text):
    path = folder / name
    path.write_text(f"#!{SHELL}\n{text}\n")
    path.chmod(0o755)


def real(folder, name):
    program(folder, name, f'exec "{sys._base_executable}" "$@"')


def find(folder, **environment):
    return subprocess.run(
        [SHELL, SCRIPT],
        env={"PATH": str(folder), "HOME": str(folder.parent), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_shim_that_only_fails_is_passed_over(folder):
    program(folder, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    program(folder, "python3.12", "exit 1")
    real(folder, "python3")

    found = find(folder)

    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).samefile(sys._base_executable)


def test_a_python_that_prints_nothing_or_is_too_old_is_passed_over(folder):
    program(folder, "python3.13", "exit 0")
    program(folder, "python3.12", "echo 'AssertionError' >&2; exit 1")
    real(folder, "python3.14")

    assert find(folder).returncode == 0


def test_a_python_that_only_pyenv_keeps_is_found(folder):
    root = folder.parent / "kept"
    kept = root / "versions" / "3.13.0" / "bin"
    kept.mkdir(parents=True)
    real(kept, "python")
    program(folder, "python3.13", "exit 127")
    program(folder, "pyenv", f'[ "$1" = root ] && echo "{root}"')

    found = find(folder)

    assert found.returncode == 0, found.stderr
    assert found.stdout.strip()


def test_a_folder_of_pyenv_is_found_without_its_command(folder):
    kept = folder.parent / "elsewhere" / "versions" / "3.12.1" / "bin"
    kept.mkdir(parents=True)
    real(kept, "python")

    assert find(folder, PYENV_ROOT=str(folder.parent / "elsewhere")).returncode == 0


def test_the_interpreter_named_by_the_person_comes_first(folder):
    program(folder, "mine", 'echo "/opt/mine"')
    real(folder, "python3.13")

    assert find(folder, CONCORD_PYTHON=str(folder / "mine")).stdout.strip() == "/opt/mine"


def test_where_nothing_is_found_one_sentence_says_what_to_install(folder):
    found = find(folder)

    assert found.returncode == 1
    assert found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == 1
    assert "Python 3.12, 3.13 or 3.14" in found.stderr
