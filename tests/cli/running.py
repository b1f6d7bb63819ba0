"""A command as the shell calls it, in this process and on the test's database."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from auctor.cli.main import build


def run(*words: object) -> Result:
    """One command to its end; what it raises is in the result."""
    told = [str(word) for word in words]
    return CliRunner().invoke(build(told), told)


def ask(*words: object) -> Any:
    """The JSON value of a command that is meant to end well."""
    done = run(*words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def refused(*words: object) -> BaseException:
    """What a command raised."""
    done = run(*words, "--json")
    assert done.exception is not None, done.output
    return done.exception
