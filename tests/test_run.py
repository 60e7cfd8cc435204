"""./run: what it does before anything is installed."""

import ast
import hashlib
import os
import signal
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.architecture.tree import ROOT
from tests.config.running.serving import environment

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and locks")

WHEEL = "pip-26.3-py3-none-any.whl"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("kehu_run", str(ROOT / "run"))
    spec = spec_from_loader("kehu_run", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_older_python_can_read_the_script_and_be_refused() -> None:
    source = (ROOT / "run").read_text(encoding="utf-8")

    tree = ast.parse(source, feature_version=(3, 8))

    first_statements = [type(node) for node in tree.body[1:3]]
    assert first_statements == [ast.Import, ast.If]


def test_only_the_standard_library_is_used() -> None:
    tree = ast.parse((ROOT / "run").read_text(encoding="utf-8"))
    names = {alias.name.split(".")[0] for node in ast.walk(tree)
             if isinstance(node, ast.Import) for alias in node.names}  # fmt: skip
    names |= {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }

    assert names <= set(sys.stdlib_module_names)


JSON = (
    b'{"files": [{"filename": "pip-9.0-py3-none-any.whl", "url": "a", "hashes": {"sha256": "1"}},'
    b'{"filename": "' + WHEEL.encode() + b'", "url": "../b", "hashes": {"sha256": "2"}},'
    b'{"filename": "pip-27.0-py3-none-any.whl", "url": "../c", "hashes": {"sha256": "3"},'
    b'"yanked": "broken"}, {"filename": "pip-27.1b1-py3-none-any.whl", "url": "../d",'
    b'"hashes": {"sha256": "4"}}, {"filename": "pip-28.tar.gz", "url": "../e", "hashes": {}}]}'
)
HTML = (
    b'<a href="../a#sha256=1">pip-9.0-py3-none-any.whl</a>'
    b'<a href="../../pkg/' + WHEEL.encode() + b'#sha256=2">x</a>'
    b'<a href="../../pkg/pip-27.0-py3-none-any.whl#sha256=3" data-yanked="broken">x</a>'
)


@pytest.mark.parametrize(
    ("content", "kind", "address"),
    [
        (JSON, "application/vnd.pypi.simple.v1+json", "https://index/simple/b"),
        (HTML, "text/html; charset=utf-8", f"https://index/pkg/{WHEEL}"),
    ],
)
def test_the_newest_pip_is_chosen_from_either_kind_of_index(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str, address: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://index/simple/")
    monkeypatch.setattr(run, "fetch", lambda _: (content, kind))

    assert run.newest_pip() == (WHEEL, address, "2")


def test_a_wheel_with_another_checksum_is_not_installed(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised = hashlib.sha256(b"good").hexdigest()
    monkeypatch.setattr(run, "newest_pip", lambda: (WHEEL, "https://index/pip", promised))
    monkeypatch.setattr(run, "fetch", lambda _: (b"bad", ""))

    with pytest.raises(SystemExit, match="does not have the checksum"):
        run.install_pip_from_index()


def test_a_password_in_the_index_address_is_not_printed(run: ModuleType) -> None:
    assert run.without_password("https://ann:secret@index/simple/") == "https://index/simple/"


INSTALLING = """
import sys, time
from importlib.machinery import SourceFileLoader
run = SourceFileLoader("kehu_run", sys.argv[1]).load_module()
run.is_installed = lambda files: False
told = open(sys.argv[2], "a")
def install(files):
    print("in", file=told, flush=True)
    time.sleep(0.5)
    print("out", file=told, flush=True)
run.install_now = install
run.install(())
"""
WAITING = """
import sys
from importlib.machinery import SourceFileLoader
run = SourceFileLoader("kehu_run", sys.argv[1]).load_module()
run.PYTHON = sys.executable
run.ending.watch()
run.call("-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)")
"""


def script(code: str, *arguments: str, **more: Any) -> "subprocess.Popen[str]":
    """Start Python with the script's path as its first argument."""
    command = [sys.executable, "-B", "-W", "ignore", "-c", code, str(ROOT / "run"), *arguments]
    return subprocess.Popen(command, text=True, **more)


@posix
def test_two_at_once_install_one_after_the_other(tmp_path: Path) -> None:
    told = tmp_path / "told"
    both = [script(INSTALLING, str(told)) for _ in range(2)]

    assert [process.wait(timeout=60) for process in both] == [0, 0]

    assert told.read_text().split() == ["in", "out", "in", "out"]


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_something_is_installed_ends_that_too(number: signal.Signals) -> None:
    with script(WAITING, stdout=subprocess.PIPE) as process:
        assert process.stdout
        child = int(process.stdout.readline())

        process.send_signal(number)

        assert process.wait(timeout=60) == 128 + number
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


@posix
def test_a_signal_reaches_the_command_itself(tmp_path: Path) -> None:
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        pytest.skip("not run by ./run test: .venv may not hold what is needed")
    command = [sys.executable, str(ROOT / "run"), "manage", "shell", "--command"]
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with subprocess.Popen(
        [*command, code], env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        lines = (line.strip() for line in process.stdout)
        number = next(line for line in lines if line.isdecimal())

        process.terminate()

        assert process.wait(timeout=60) == -signal.SIGTERM
        assert int(number) == process.pid


def test_requirements_are_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        loose = [
            line for line in lines if line and not line.startswith(("#", "-")) and "==" not in line
        ]
        assert loose == [], name
