"""What every record of a source is, and what becomes of the rows."""

from django.db import models

from auctor.crm.vocabulary import FILES, RecordState
from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.rows import WorkspaceRow

PIPELINE = DataRule("As long as the workspace.", "Yes, in the history folder.", WITH_WORKSPACE)
PEOPLE = DataRule(
    "As long as the workspace, or until the person asks for erasure.",
    "Yes, in the history folder.",
    "Texts, digests and addresses of the person are deleted; the row stays without them for its deals' sake.",
)
OURS = DataRule("As long as the workspace.", "Yes.", WITH_WORKSPACE)
DERIVED = DataRule("As long as what it is derived from.", "No: it can be derived again.", WITH_WORKSPACE)


class Sourced(WorkspaceRow):
    """A record of a source. `content` is a keyed digest of what it last said, so that a repetition is noticed."""

    connection_id = models.UUIDField(default=FILES)
    remote_id = models.CharField(max_length=128)
    record_state = models.SmallIntegerField(default=RecordState.ACTIVE)
    content = models.BinaryField(null=True)
    first_seen_at = models.DateTimeField()
    observed_at = models.DateTimeField()

    class Meta(WorkspaceRow.Meta):
        abstract = True
