"""Imports single files of a published repository, with stand-ins for what they import and single lines changed.

A changed copy of the file is written to a temporary folder and imported from there, since TorchScript reads sources
from files. Nothing of a repository is kept. Each change is (old, new) and must apply, so that a repository that has
moved on is noticed.
"""

import atexit
import importlib.util
import shutil
import sys
import tempfile
import types
from contextlib import contextmanager
from pathlib import Path

SCRATCH = Path(tempfile.mkdtemp(prefix="published-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

# The published classes look for image batch norms only; ours are one-dimensional and otherwise the same.
ONE_DIMENSIONAL = ("nn.BatchNorm2d", "nn.BatchNorm1d")
# No accelerator.
ON_CPU = (".cuda()", "")


def stand_in(name, **attributes):
    """A module of the given name that holds just the attributes; as a package, it can be imported from."""
    module = types.ModuleType(name)
    module.__path__ = []
    for key, value in attributes.items():
        setattr(module, key, value)
    return module


@contextmanager
def imported(modules):
    """Lets `import` find the given modules under their names, for a while."""
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def changed(text, changes, where):
    for old, new in changes:
        if old not in text:
            raise SystemExit(f"{where} does not contain {old!r}")
        text = text.replace(old, new)
    return text


def load(path: Path, name: str, changes=(), imports=()):
    """The module of one file: `changes` are (old, new) texts, `imports` stand in for modules it imports by name."""
    copy = SCRATCH / f"{len(list(SCRATCH.iterdir())):03d}_{path.name}"
    copy.write_text(changed(path.read_text(), changes, path))
    specification = importlib.util.spec_from_file_location(name, copy)
    module = importlib.util.module_from_spec(specification)
    parents = name.split(".")[:-1]
    packages = {".".join(parents[:i + 1]): stand_in(".".join(parents[:i + 1])) for i in range(len(parents))}
    with imported(packages | {found.__name__: found for found in imports}):
        specification.loader.exec_module(module)
    return module


def lines_between(path: Path, first: str, last: str, changes=()):
    """The lines of a script from the one that contains `first` up to, not including, the one that contains `last`,
    without their common indentation, compiled. For methods that are published inside the script's main part."""
    import textwrap

    lines = path.read_text().splitlines()
    start = next((i for i, line in enumerate(lines) if first in line), None)
    end = next((i for i, line in enumerate(lines) if start is not None and i > start and last in line), None)
    if start is None or end is None:
        raise SystemExit(f"{path} has no lines between {first!r} and {last!r}")
    text = changed(textwrap.dedent("\n".join(lines[start:end])), changes, path)
    return compile(text, str(path), "exec")


def function_alone(path: Path, name: str, namespace, changes=()):
    """One function (or method) of a file, defined in `namespace` without running the rest of the file."""
    import ast

    tree = ast.parse(changed(path.read_text(), changes, path))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    if len(found) != 1:
        raise SystemExit(f"{path} has {len(found)} functions {name}")
    exec(compile(ast.Module(body=found, type_ignores=[]), str(path), "exec"), namespace)
    return namespace[name]
