"""The walls around members, and the grants on the tables that sign-in brings along."""

from django.db import migrations

from auctor.tenancy.policy import InstanceTable, ProtectTable

SIGN_IN_TABLES = [
    "identity_user",
    "django_session",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
]


class Migration(migrations.Migration):
    """Runs after the tables of sign-in exist."""

    dependencies = [
        ("tenancy", "0001_workspace"),
        ("identity", "0001_people"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        ProtectTable("identity_member", own_user_column="user_id"),
        *(InstanceTable(table) for table in SIGN_IN_TABLES),
        InstanceTable("django_content_type", grants="SELECT"),
    ]
