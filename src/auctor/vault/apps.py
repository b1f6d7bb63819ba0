"""The Django app."""

from django.apps import AppConfig
from django.conf import settings

from auctor.vault import keyring
from auctor.vault.keyring import Keyring
from auctor.vault.startup import open_vault


class VaultConfig(AppConfig):
    """Says where this installation's keys are; nothing is opened before the first value is."""

    name = "auctor.vault"
    label = "vault"

    def ready(self) -> None:
        """Install the keyring of the settings."""
        keyring.install(_open)


def _open() -> Keyring:
    return open_vault(
        settings.AUCTOR_DATA, uri=settings.AUCTOR_ROOT_KEY_URI, credentials=settings.AUCTOR_ROOT_KEY_CREDENTIALS
    )
