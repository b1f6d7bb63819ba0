"""`python -m auctor.broker` is the broker's process."""

import sys

from auctor.broker.run import main

if __name__ == "__main__":
    sys.exit(main())
