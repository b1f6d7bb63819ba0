"""Every permission and who holds it.

The naming law: `resource:act`, in the singular; `read` sees, `write` changes, other acts are verbs of the domain.
A permission says what may be done; *which rows* is said by the row policies (a member sees own rows only).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from auctor.kit.errors import AuctorError


class Role(StrEnum):
    """What a member is in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    ANALYST = "analyst"
    MEMBER = "member"


class Permission(StrEnum):
    """Every permission; the reference page is made from this list."""

    DEAL_READ = "deal:read"
    DEAL_WRITE = "deal:write"
    DEAL_IMPORT = "deal:import"
    CONTACT_READ = "contact:read"
    CONTACT_WRITE = "contact:write"
    RISK_READ = "risk:read"
    RISK_JUDGE = "risk:judge"
    SIGNAL_READ = "signal:read"
    SIGNAL_WRITE = "signal:write"
    SIGNAL_TRY = "signal:try"
    FORECAST_READ = "forecast:read"
    FORECAST_SUBMIT = "forecast:submit"
    REPORT_READ = "report:read"
    ACTION_READ = "action:read"
    ACTION_APPROVE = "action:approve"
    CONNECTION_READ = "connection:read"
    CONNECTION_WRITE = "connection:write"
    MAILBOX_WRITE = "mailbox:write"
    SETTING_READ = "setting:read"
    SETTING_WRITE = "setting:write"
    MEMBER_READ = "member:read"
    MEMBER_WRITE = "member:write"
    TOKEN_READ = "token:read"  # noqa: S105 - a permission, not a secret
    TOKEN_WRITE = "token:write"  # noqa: S105 - a permission, not a secret
    AUDIT_READ = "audit:read"
    AUDIT_EXPORT = "audit:export"
    JOB_READ = "job:read"
    JOB_WRITE = "job:write"
    WORKSPACE_EXPORT = "workspace:export"
    WORKSPACE_CLOSE = "workspace:close"
    WORKSPACE_CREATE = "workspace:create"
    KEY_ROTATE = "key:rotate"
    SELF_READ = "self:read"
    SELF_WRITE = "self:write"


P = Permission
_SELF = {P.SELF_READ, P.SELF_WRITE, P.TOKEN_READ, P.TOKEN_WRITE, P.MEMBER_READ}
_READ = {
    P.DEAL_READ,
    P.CONTACT_READ,
    P.RISK_READ,
    P.SIGNAL_READ,
    P.FORECAST_READ,
    P.REPORT_READ,
    P.ACTION_READ,
    P.CONNECTION_READ,
}
_SELL = {P.DEAL_WRITE, P.CONTACT_WRITE, P.RISK_JUDGE, P.ACTION_APPROVE, P.MAILBOX_WRITE, P.FORECAST_SUBMIT}
# Trying settings on the past changes none of them: those who lead the selling may, only admins switch on.
_LEAD = {P.SIGNAL_TRY}
_RUN = {
    P.DEAL_IMPORT,
    P.SIGNAL_WRITE,
    P.CONNECTION_WRITE,
    P.SETTING_READ,
    P.SETTING_WRITE,
    P.MEMBER_WRITE,
    P.AUDIT_READ,
    P.AUDIT_EXPORT,
    P.JOB_READ,
    P.JOB_WRITE,
    P.WORKSPACE_EXPORT,
}

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(_SELF | _READ | _SELL),
    Role.ANALYST: frozenset(_SELF | _READ),
    Role.MANAGER: frozenset(_SELF | _READ | _SELL | _LEAD),
    Role.ADMIN: frozenset(_SELF | _READ | _SELL | _LEAD | _RUN),
    Role.OWNER: frozenset(_SELF | _READ | _SELL | _LEAD | _RUN | {P.WORKSPACE_CLOSE, P.KEY_ROTATE}),
}

# What stays possible in a workspace whose pilot has ended: everything that changes no data of the pipeline.
HARMLESS_WHEN_READ_ONLY: frozenset[Permission] = frozenset(
    {p for p in Permission if p.value.endswith(":read")}
    | {P.SELF_WRITE, P.AUDIT_EXPORT, P.WORKSPACE_EXPORT, P.WORKSPACE_CLOSE, P.TOKEN_WRITE}
)


@dataclass(frozen=True, slots=True)
class Public:
    """In place of a permission: this address is for everybody, and that is why."""

    reason: str


class Forbidden(AuctorError):
    """The actor lacks the permission; the face answers 403."""

    code: ClassVar[str] = "tenancy.forbidden"
    status: ClassVar[int] = 403
