"""The part of `auctor up` that needs models, in a process of its own, so that the supervisor stays small.

It loads, and waits for a line on its standard input: the database is up. Then it prints one JSON object a line: `say`
while it works, `ready` when the product may start, and, after one more line, `link`. An error that speaks is printed as
`error` and ends it with code 1.
"""

import json
import sys
from typing import Any

from auctor.cli import start
from auctor.cli.translate import translate


def main(arguments: list[str]) -> int:
    """Bring the installation up to date, wait for the word, make the link."""
    try:
        start.settings_and_models()
        from auctor.cli import install, links

        if not sys.stdin.readline():
            return 1
        applied = install.bring_up_to_date(start.environment(), say=lambda line: _print(say=line))
        _print(ready=applied)
        if not sys.stdin.readline():
            return 1
        link = links.first_link(demo="--demo" in arguments)
        _print(link={"purpose": link.purpose, "url": link.url} if link else None)
    except Exception as error:
        found = translate(error)
        if found is None:
            raise
        _print(error={"code": found.code, "message": found.message, "where": found.where, "mend": found.mend})
        return 1
    return 0


def _print(**words: Any) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201 - its words are for the supervisor


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
