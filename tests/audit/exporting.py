"""Exports in tests, and what the verifier says of them."""

import io

from django.db import transaction

from auctor.audit.export import export_log
from auctor.audit.queries import checkpoint_proof
from auctor.audit.verify import check_lines
from auctor.tenancy import scope
from tests.cast import NOW, Company


def export_of(company: Company) -> str:
    """The workspace's file."""
    file = io.StringIO()
    with scope.enter(company.system), transaction.atomic():
        export_log(company.system, file, now=NOW)
        # The entry of the export itself is not part of what these tests count.
        transaction.set_rollback(True)
    return file.getvalue()


def findings(text: str, *kept: str) -> set[str]:
    """Codes of what does not hold."""
    named = [(f"kept {number}", one) for number, one in enumerate(kept)]
    return {code for code, _ in check_lines(text.splitlines(), named).findings}


def proof_of(company: Company) -> str:
    """What a reader of this workspace keeps now."""
    with scope.enter(company.owner), transaction.atomic():
        return checkpoint_proof(company.owner)
