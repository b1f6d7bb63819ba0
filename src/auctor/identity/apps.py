"""The Django app."""

from django.apps import AppConfig

from auctor.tenancy.data import DataRule

NOT_EXPORTED = "Not exported: it is the installation's, not a workspace's."


class IdentityConfig(AppConfig):
    """Wires the package into Django."""

    name = "auctor.identity"
    label = "identity"
    table_rules = {  # noqa: RUF012 - read by the catalogue lint
        "account_emailaddress": DataRule("As long as the account.", "The person's own data.", "With the account."),
        "account_emailconfirmation": DataRule(
            "Stays empty: links carry a signature.", NOT_EXPORTED, "Nothing to erase."
        ),
        "mfa_authenticator": DataRule(
            "As long as it is enrolled; the seeds themselves are sealed in identity_secondfactor.",
            "Not exported: a secret of the person's authenticator.",
            "With the account.",
        ),
        "socialaccount_socialaccount": DataRule(
            "As long as the account: the issuer's name for the person.", "The person's own data.", "With the account."
        ),
        "socialaccount_socialapp": DataRule("Stays empty: the issuer is a setting.", NOT_EXPORTED, "Nothing to erase."),
        "socialaccount_socialtoken": DataRule("Stays empty: tokens are not kept.", NOT_EXPORTED, "Nothing to erase."),
        "django_content_type": DataRule("Kept: names of tables.", NOT_EXPORTED, "Never."),
        "auth_permission": DataRule("Unused; no running role may touch it.", NOT_EXPORTED, "Nothing to erase."),
        "auth_group": DataRule("Unused; no running role may touch it.", NOT_EXPORTED, "Nothing to erase."),
        "auth_group_permissions": DataRule("Unused; no running role may touch it.", NOT_EXPORTED, "Nothing to erase."),
    }

    def ready(self) -> None:
        """What sign-in does elsewhere is written into the log from here on; unsafe settings refuse to start."""
        from auctor.audit import mail
        from auctor.identity import queries, receivers
        from auctor.identity.safety import refuse_unsafe

        refuse_unsafe()
        receivers.connect()
        mail.install(queries.list_owner_addresses)
