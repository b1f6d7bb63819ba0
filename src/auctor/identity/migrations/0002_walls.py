"""The walls around members, and the grants on the tables that sign-in brings along."""

from django.db import migrations

from auctor.tenancy.policy import InstanceTable, ProtectTable

SIGN_IN_TABLES = [
    "identity_user",
    "identity_secondfactor",
    "identity_session",
    "identity_ratelimit",
    "identity_link",
    "identity_signup",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
]

# Before a workspace is entered somebody must find out which one, and row policies would hide exactly that. These
# functions of the owner answer it, each only to whoever already holds the proof: a session's digest, a token's digest,
# or a signed context of the user. They return a row or nothing and change nothing.
OWNER_READS = """
CREATE POLICY find_holder ON identity_member FOR SELECT TO auctor_owner USING (true);
CREATE POLICY find_holder ON identity_apitoken FOR SELECT TO auctor_owner USING (true);
CREATE POLICY find_holder ON identity_workspaceprofile FOR SELECT TO auctor_owner USING (true);
CREATE POLICY find_holder ON tenancy_workspace FOR SELECT TO auctor_owner USING (true);

CREATE FUNCTION auctor.session_holder(session_digest bytea, at timestamptz)
RETURNS TABLE (
    session_id uuid, data bytea, factor text, must_rotate boolean, last_seen_at timestamptz, expires_at timestamptz,
    user_id uuid, email text, password text, last_login timestamptz, created_at timestamptz,
    member_id uuid, member_name bytea, role text,
    workspace_id uuid, kind text, state text, pilot_ends_at timestamptz, profile_id uuid, workspace_name bytea
)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.id, s.data, s.factor, s.must_rotate, s.last_seen_at, s.expires_at,
           u.id, u.email, u.password, u.last_login, u.created_at,
           m.id, m.name, m.role, w.id, w.kind, w.state, w.pilot_ends_at, p.id, p.name
    FROM public.identity_session s
    LEFT JOIN public.identity_user u ON u.id = s.user_id AND u.is_active
    LEFT JOIN LATERAL (
        SELECT one.* FROM public.identity_member one
        JOIN public.tenancy_workspace its ON its.id = one.workspace_id AND its.state <> 'closed'
        WHERE one.user_id = u.id AND one.is_active
        ORDER BY (one.workspace_id = s.chosen) DESC NULLS LAST, one.created_at LIMIT 1
    ) m ON true
    LEFT JOIN public.tenancy_workspace w ON w.id = m.workspace_id
    LEFT JOIN public.identity_workspaceprofile p ON p.workspace_id = m.workspace_id
    WHERE s.digest = session_digest AND s.expires_at > at
$$;

CREATE FUNCTION auctor.token_holder(token_digest bytea, at timestamptz)
RETURNS TABLE (
    token_id uuid, scopes text[], last_used_at timestamptz, user_id uuid, member_id uuid, role text,
    workspace_id uuid, kind text, state text, pilot_ends_at timestamptz
)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.id, t.scopes, t.last_used_at, m.user_id, m.id, m.role, w.id, w.kind, w.state, w.pilot_ends_at
    FROM public.identity_apitoken t
    JOIN public.identity_member m ON m.workspace_id = t.workspace_id AND m.id = t.member_id AND m.is_active
    JOIN public.identity_user u ON u.id = m.user_id AND u.is_active
    JOIN public.tenancy_workspace w ON w.id = t.workspace_id AND w.state <> 'closed'
    WHERE t.digest = token_digest AND t.revoked_at IS NULL AND t.expires_at > at
$$;

CREATE FUNCTION auctor.own_memberships()
RETURNS TABLE (member_id uuid, workspace_id uuid, role text, kind text, profile_id uuid, workspace_name bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.id, w.id, m.role, w.kind, p.id, p.name
    FROM public.identity_member m
    JOIN public.tenancy_workspace w ON w.id = m.workspace_id AND w.state <> 'closed'
    LEFT JOIN public.identity_workspaceprofile p ON p.workspace_id = m.workspace_id
    WHERE m.user_id = auctor.ctx_user() AND m.is_active
    ORDER BY m.created_at
$$;

REVOKE ALL ON FUNCTION auctor.session_holder(bytea, timestamptz), auctor.token_holder(bytea, timestamptz),
    auctor.own_memberships() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auctor.session_holder(bytea, timestamptz), auctor.token_holder(bytea, timestamptz),
    auctor.own_memberships() TO auctor_app;
"""
NO_OWNER_READS = """
DROP FUNCTION auctor.session_holder(bytea, timestamptz), auctor.token_holder(bytea, timestamptz),
    auctor.own_memberships();
DROP POLICY find_holder ON identity_member;
DROP POLICY find_holder ON identity_apitoken;
DROP POLICY find_holder ON identity_workspaceprofile;
DROP POLICY find_holder ON tenancy_workspace;
"""


class Migration(migrations.Migration):
    """Runs after the tables of sign-in exist."""

    dependencies = [
        ("tenancy", "0001_workspace"),
        ("identity", "0001_people"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        ProtectTable("identity_member", references={"manager_id": "identity_member"}, on_delete="NO ACTION"),
        ProtectTable("identity_invitation"),
        ProtectTable("identity_apitoken", references={"member_id": "identity_member"}),
        ProtectTable("identity_workspaceprofile"),
        *(InstanceTable(table) for table in SIGN_IN_TABLES),
        InstanceTable("django_content_type", grants="SELECT"),
        migrations.RunSQL(OWNER_READS, NO_OWNER_READS),
    ]
