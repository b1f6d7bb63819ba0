"""How many values a core seals, opens and digests a second, against the same calls without the vault around them.

Values are 22 bytes, as names and titles are; seconds are those of one core. The peer is Tink's own AES-256-GCM
primitive with associated data that was made beforehand: the ratio is what workspace, table, column, row and key id
cost. Rounds alternate; medians count.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import django

from auctor.kit.ids import uuid7
from auctor.vault import blind, keyring, keysets
from auctor.vault.keyring import Purpose
from auctor.vault.startup import prepare

VALUES = 50_000
ROUNDS = 7
LEAST_RATIO = 0.5
WORKSPACE = UUID("018f0000-0000-7000-8000-00000000ac3e")
TEXT = "Acme Renewal EMEA 2026"


def main() -> None:
    """Print the figures; exit code 1 when the vault takes more than half of what the cipher alone could do."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUCTOR_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "auctor.config.settings"
        django.setup()
        ring = prepare(Path(folder))
        keyring.install(lambda: ring)
        found = measure(ring)
    good = found["seal_many_to_bare"] >= LEAST_RATIO and found["open_many_to_bare"] >= LEAST_RATIO
    print(json.dumps({**found, "least_ratio": LEAST_RATIO, "passed": good}))
    sys.exit(not good)


def measure(ring: keyring.Keyring) -> dict[str, float]:
    """Values per second of each door, and ratios to the bare primitive."""
    rows = [uuid7() for _ in range(VALUES)]
    plain = [TEXT.encode()] * VALUES
    places = [b"crm_deal|name|" + row.bytes for row in rows]
    sealed = ring.seal_many(WORKSPACE, Purpose.CRM, plain, places)
    keyset = keysets.new_aead_keyset()
    bare = keysets.aeads_by_id(keyset)[keysets.primary_id(keyset)]
    associated = [WORKSPACE.bytes + place + b"1234" for place in places]
    bare_sealed = [bare.encrypt(p, a) for p, a in zip(plain, associated, strict=True)]
    rates = race(
        {
            "bare_seal": lambda: [bare.encrypt(p, a) for p, a in zip(plain, associated, strict=True)],
            "bare_open": lambda: [bare.decrypt(s, a) for s, a in zip(bare_sealed, associated, strict=True)],
            "seal_many": lambda: ring.seal_many(WORKSPACE, Purpose.CRM, plain, places),
            "open_many": lambda: ring.open_many(WORKSPACE, Purpose.CRM, sealed, places),
            "open_one_by_one": lambda: [
                keyring.open_(WORKSPACE, Purpose.CRM, s, context=c) for s, c in zip(sealed, places, strict=True)
            ],
            **field_doors(rows),
            "digest_many": lambda: blind.digest_many(WORKSPACE, Purpose.CRM, [TEXT] * VALUES),
            "word_digests": lambda: [blind.word_digests(WORKSPACE, Purpose.CRM, TEXT) for _ in range(VALUES)],
        }
    )
    return {
        **{f"{name}_per_second": round(rate) for name, rate in rates.items()},
        "seal_many_to_bare": round(rates["seal_many"] / rates["bare_seal"], 2),
        "open_many_to_bare": round(rates["open_many"] / rates["bare_open"], 2),
    }


def field_doors(rows: list[UUID]) -> dict[str, Callable[[], object]]:
    """Whole columns of text, as an import and an export move them."""
    from auctor.vault import fields
    from auctor.vault.models import Fingerprint

    texts = [TEXT] * VALUES
    sealed = fields.seal_many(Fingerprint, "known", workspace_id=WORKSPACE, rows=rows, values=texts)
    return {
        "seal_column": lambda: fields.seal_many(Fingerprint, "known", workspace_id=WORKSPACE, rows=rows, values=texts),
        "open_column": lambda: fields.open_many(Fingerprint, "known", workspace_id=WORKSPACE, rows=rows, values=sealed),
    }


def race(doors: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median rate of each, in alternating rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in doors}
    for _ in range(ROUNDS):
        for name, door in doors.items():
            start = time.process_time()
            door()
            seconds[name].append(time.process_time() - start)
    return {name: VALUES / statistics.median(taken) for name, taken in seconds.items()}


if __name__ == "__main__":
    main()
