"""The workspace of the token."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import available_timezones

from ninja import Field, Schema

from auctor.api.door import ApiRequest, Door, Strict
from auctor.identity import queries, workspaces
from auctor.identity.records import Profile, WorkspaceDetails
from auctor.tenancy.permissions import Permission

door = Door(tags=["workspace"])


# No control characters, so that no reader of ours has to guess what a name with a line break means.
ONE_LINE = r"^[^\x00-\x1f\x7f]*\w[^\x00-\x1f\x7f]*$"


class WorkspaceOut(Schema):
    """A workspace."""

    id: UUID
    name: str
    kind: str
    state: str
    time_zone: str = Field(description="IANA name; days begin and end there.")
    currency: str = Field(description="ISO 4217; what totals are shown in.")
    year_begins_in: int = Field(description="Month in which the fiscal year begins, 1 to 12.")
    created_at: datetime
    pilot_ends_at: datetime | None


class WorkspaceIn(Strict):
    """What can be changed; what is left out, or null, stays."""

    name: str | None = Field(None, max_length=80, pattern=ONE_LINE, description="One line with a letter or digit.")
    time_zone: str | None = Field(
        None, max_length=64, json_schema_extra={"enum": [*sorted(available_timezones()), None]}
    )
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    year_begins_in: int | None = Field(None, ge=1, le=12)


@door.read("/workspace", permission=Permission.SELF_READ, response=WorkspaceOut)
def read_workspace(request: ApiRequest) -> WorkspaceOut:
    """The workspace that this token belongs to."""
    return _to_out(queries.get_details(request.actor))


@door.write("/workspace", method="PATCH", permission=Permission.SETTING_WRITE, response=WorkspaceOut)
def change_workspace(request: ApiRequest, body: WorkspaceIn) -> WorkspaceOut:
    """Rename the workspace or change how it counts."""
    before = queries.get_details(request.actor).profile
    wanted = Profile(
        name=body.name or before.name,
        time_zone=body.time_zone or before.time_zone,
        currency=body.currency or before.currency,
        year_begins_in=body.year_begins_in or before.year_begins_in,
    )
    workspaces.change_profile(request.actor, profile=wanted, now=datetime.now(UTC))
    return _to_out(queries.get_details(request.actor))


def _to_out(found: WorkspaceDetails) -> WorkspaceOut:
    return WorkspaceOut(
        id=found.id,
        name=found.profile.name,
        kind=found.kind.value,
        state=found.state.value,
        time_zone=found.profile.time_zone,
        currency=found.profile.currency,
        year_begins_in=found.profile.year_begins_in,
        created_at=found.created_at,
        pilot_ends_at=found.pilot_ends_at,
    )
