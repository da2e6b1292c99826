"""No process is started with a function to be called in its fork.

Python calls hooks of its own around such a fork, one of which takes the lock of logging and another gives it back. What
Ctrl-C raises in a hook is dropped: the interruption is lost, the lock is never given back, and the run waits for ever.
"""

from __future__ import annotations

import ast

from tests.architecture.test_imports import PYTHON, module_name


def test_no_process_is_started_by_a_fork_with_hooks() -> None:
    found = {
        module_name(path)
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.keyword) and node.arg == "preexec_fn")
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.fork", "os.forkpty"))
    }
    assert found == set()
