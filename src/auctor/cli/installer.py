"""The part of `auctor up` that needs models, in a process of its own, so that the supervisor stays small.

It prints one JSON object a line: `say` while it works, `ready` when the product may start, and, after a line on its
standard input, `link`. An error that speaks is printed as `error` and ends it with code 1.
"""

import json
import sys
from typing import Any

from auctor.cli import start
from auctor.kit.errors import AuctorError


def main(arguments: list[str]) -> int:
    """Bring the installation up to date, wait for the word, make the link."""
    try:
        start.settings_and_models()
        from auctor.cli import install, links

        applied = install.bring_up_to_date(start.environment(), say=lambda line: _print(say=line))
        _print(ready=applied)
        sys.stdin.readline()
        link = links.first_link(demo="--demo" in arguments)
        _print(link={"purpose": link.purpose, "url": link.url} if link else None)
    except AuctorError as error:
        _print(error={"code": error.code, "message": error.message, "where": error.where, "mend": error.mend})
        return 1
    return 0


def _print(**words: Any) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201 - its words are for the supervisor


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
