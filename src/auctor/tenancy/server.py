"""Which server this installation uses: an external one by address, else the embedded one of the data folder."""

from pathlib import Path

from auctor.tenancy import engine, roles


def locate(data: Path, url: str) -> roles.Server:
    """Raises `roles.DatabaseAddressWrong` for an address that cannot be used."""
    return roles.external(url) if url else engine.server_of(data)
