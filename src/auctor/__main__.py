"""`python -m auctor` is the command `auctor`."""

from auctor.cli.main import main

main()
