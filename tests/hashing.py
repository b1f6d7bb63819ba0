"""Passwords hashed in a millisecond: hashing is meant to be slow, and hundreds of tests sign somebody in.

That the product hashes as its settings say is tried with its own settings (`tests/identity/test_sign_in.py`, and by
every browser in `tests/browser/`).
"""

from django.contrib.auth.hashers import ScryptPasswordHasher


class QuickHasher(ScryptPasswordHasher):
    """The product's algorithm with next to no work."""

    work_factor = 2
