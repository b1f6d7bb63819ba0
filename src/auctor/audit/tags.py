"""Every audit tag.

The naming law: `thing:happened`. The thing is a word of the product in the singular, the happening a past participle
in snake_case; whether it succeeded is not part of the tag but of the entry's outcome (`ok`, `refused`, `failed`,
`limited`). A tag is never renamed or taken for something else: entries carry it for ninety days.
"""

from enum import StrEnum


class AuditTag(StrEnum):
    """What an entry says happened; the reference page is made from this list."""

    # Sign-in and the second factor
    SIGN_IN_ATTEMPTED = "sign_in:attempted"
    SIGN_IN_LIMITED = "sign_in:limited"
    SESSION_STARTED = "session:started"
    SESSION_ENDED = "session:ended"
    SESSION_REVOKED = "session:revoked"
    FACTOR_ATTEMPTED = "factor:attempted"
    FACTOR_ENROLLED = "factor:enrolled"
    FACTOR_REMOVED = "factor:removed"
    FACTOR_RESET = "factor:reset"
    RECOVERY_CODES_MADE = "recovery_code:made"
    RECOVERY_CODE_USED = "recovery_code:used"
    REAUTHENTICATION_ATTEMPTED = "reauthentication:attempted"
    DEMO_LINK_MADE = "demo_link:made"
    DEMO_LINK_USED = "demo_link:used"
    OWNER_LINK_MADE = "owner_link:made"
    OWNER_LINK_USED = "owner_link:used"
    # People
    USER_SIGNED_UP = "user:signed_up"
    USER_ERASED = "user:erased"
    EMAIL_VERIFIED = "email:verified"
    EMAIL_CHANGED = "email:changed"
    PASSWORD_CHANGED = "password:changed"  # noqa: S105 - a tag, not a secret
    PASSWORD_RESET_ASKED = "password:reset_asked"  # noqa: S105
    PASSWORD_RESET = "password:reset"  # noqa: S105
    IDENTITY_LINKED = "identity:linked"
    IDENTITY_UNLINKED = "identity:unlinked"
    # Members and roles
    MEMBER_INVITED = "member:invited"
    INVITATION_ACCEPTED = "invitation:accepted"
    INVITATION_REVOKED = "invitation:revoked"
    MEMBER_ADDED = "member:added"
    MEMBER_REMOVED = "member:removed"
    MEMBER_CHANGED = "member:changed"
    ROLE_CHANGED = "role:changed"
    # Tokens and the API
    TOKEN_MADE = "token:made"  # noqa: S105
    TOKEN_REVOKED = "token:revoked"  # noqa: S105
    TOKEN_USED_BY_PERSON = "token:used_by_person"  # noqa: S105
    TOKEN_REFUSED = "token:refused"  # noqa: S105
    API_CALLED = "api:called"
    # The workspace
    WORKSPACE_CREATED = "workspace:created"
    WORKSPACE_ENTERED = "workspace:entered"
    WORKSPACE_CHANGED = "workspace:changed"
    WORKSPACE_PILOT_ENDED = "workspace:pilot_ended"
    WORKSPACE_PILOT_EXTENDED = "workspace:pilot_extended"
    WORKSPACE_MADE_FULL = "workspace:made_full"
    WORKSPACE_CLOSED = "workspace:closed"
    WORKSPACE_REOPENED = "workspace:reopened"
    WORKSPACE_ERASED = "workspace:erased"
    WORKSPACE_EXPORTED = "workspace:exported"
    SETTING_CHANGED = "setting:changed"
    POLICY_CHANGED = "policy:changed"
    RETENTION_CHANGED = "retention:changed"
    # Keys
    VAULT_KEY_ROTATED = "vault:key_rotated"
    VAULT_KEY_DESTROYED = "vault:key_destroyed"
    # Reads of personal data
    PERSONAL_DATA_READ = "personal_data:read"
    MEMBERS_READ = "member:read"
    CONTACT_READ = "contact:read"
    DEAL_READ = "deal:read"
    REPORT_READ = "report:read"
    AUDIT_READ = "audit:read"
    # The log itself
    AUDIT_EXPORTED = "audit:exported"
    AUDIT_CHECKPOINT_MAILED = "audit:checkpoint_mailed"
    AUDIT_EPOCH_STARTED = "audit:epoch_started"
    # Background work
    JOB_RETRIED = "job:retried"
    JOB_CANCELLED = "job:cancelled"
    # Connections to vendors
    CLIENT_REGISTERED = "client:registered"
    CONNECTION_ASKED = "connection:asked"
    CONNECTION_MADE = "connection:made"
    CONNECTION_RENEWED = "connection:renewed"
    CONNECTION_CUT = "connection:cut"
    CONNECTION_LOST = "connection:lost"
    CONNECTION_CHECKED = "connection:checked"
    CONNECTION_PAUSED = "connection:paused"
    CONNECTION_RESUMED = "connection:resumed"
    CONNECTION_TRIED = "connection:tried"
    CONNECTION_CHANGED = "connection:changed"
    CONNECTION_REVOKED = "connection:revoked"
    CONNECTION_SYNCED = "connection:synced"
    MAILBOX_CONNECTED = "mailbox:connected"
    MAILBOX_DISCONNECTED = "mailbox:disconnected"
    # Deals, risks, forecasts, actions
    DEALS_IMPORTED = "deal:imported"
    UPLOAD_RECEIVED = "upload:received"
    UPLOAD_CONFIRMED = "upload:confirmed"
    UPLOAD_CANCELLED = "upload:cancelled"
    DEAL_CHANGED = "deal:changed"
    CONTACT_CHANGED = "contact:changed"
    CONTACT_ERASED = "contact:erased"
    SIGNAL_CHANGED = "signal:changed"
    RISK_JUDGED = "risk:judged"
    RISK_SCANNED = "risk:scanned"
    RISK_LEARNT = "risk:learnt"
    RISK_REPLAYED = "risk:replayed"
    SIGNAL_MEASURED = "signal:measured"
    FORECAST_SUBMITTED = "forecast:submitted"
    ACTION_PROPOSED = "action:proposed"
    ACTION_APPROVED = "action:approved"
    ACTION_REJECTED = "action:rejected"
    ACTION_EXPIRED = "action:expired"
    ACTION_DONE = "action:done"
    ACTION_UNDONE = "action:undone"


# Acts that are sealed before they are answered (at most one second): what a thief would like to undo in silence.
SEALED_BEFORE_ANSWER: frozenset[AuditTag] = frozenset(
    {
        AuditTag.AUDIT_EXPORTED,
        AuditTag.WORKSPACE_EXPORTED,
        AuditTag.WORKSPACE_CLOSED,
        AuditTag.WORKSPACE_ERASED,
        AuditTag.ROLE_CHANGED,
        AuditTag.MEMBER_ADDED,
        AuditTag.MEMBER_REMOVED,
        AuditTag.FACTOR_REMOVED,
        AuditTag.FACTOR_RESET,
        AuditTag.TOKEN_MADE,
        AuditTag.TOKEN_USED_BY_PERSON,
        AuditTag.CONNECTION_MADE,
        AuditTag.MAILBOX_CONNECTED,
        AuditTag.CONTACT_ERASED,
        AuditTag.USER_ERASED,
        AuditTag.RETENTION_CHANGED,
        AuditTag.VAULT_KEY_ROTATED,
        AuditTag.VAULT_KEY_DESTROYED,
        AuditTag.DEMO_LINK_USED,
        AuditTag.OWNER_LINK_USED,
    }
)
