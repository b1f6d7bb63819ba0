"""`python -m auctor.twins hubspot --port 0`: one stand-in alone, without the product. Prints one line of JSON."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from auctor.twins.company.tables import DEALS, SEED
from auctor.twins.ground.faults import BadPlan
from auctor.twins.launch import VENDORS, Wish, open_server, serve_until_stopped, told


def main(words: Sequence[str] | None = None) -> int:
    """Serve until the process is ended; 2 for a wish that cannot be met."""
    parser = argparse.ArgumentParser(prog="python -m auctor.twins", description=__doc__)
    parser.add_argument("vendor", choices=sorted(VENDORS))
    parser.add_argument("--port", type=int, help="0 takes a free one")
    parser.add_argument("--secret", default="", help="opens the control door; drawn without")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--deals", type=int, default=DEALS)
    parser.add_argument("--now", type=datetime.fromisoformat, help="its time at the start, with offset")
    parser.add_argument("--no-quota", action="store_true")
    parser.add_argument("--fault", type=Path, help="a fault plan (JSON)")
    parser.add_argument("--redirect", action="append", default=[], help="an address the application comes back to")
    parser.add_argument("--leash", action="store_true", help="end when standard input ends")
    given = parser.parse_args(words)
    port = VENDORS[given.vendor] if given.port is None else given.port
    wish = Wish(
        given.vendor, port, given.secret, given.seed, given.deals, given.now, not given.no_quota, given.fault,
        given.redirect,
    )  # fmt: skip
    try:
        server = open_server(wish)
    except (OSError, BadPlan) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(told(server)) + "\n")
    sys.stdout.flush()
    serve_until_stopped(server, leash=sys.stdin.buffer if given.leash else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
