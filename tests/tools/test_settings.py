"""How a setting is told in words."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr

from tools.chapters import settings


class Sample(BaseModel):
    """Settings of every kind."""

    folder: Path | None = Field(None)
    port: int = Field(8443, ge=1, le=65535)
    secret: SecretStr = Field(SecretStr("nobody sees this"), validation_alias=AliasChoices("THE_SECRET", "OTHER"))
    level: Literal["low", "high"] = "low"
    names: list[str] = Field(default_factory=list)
    loud: bool = False


class TestChapter:
    @pytest.mark.parametrize(
        ("name", "variable", "kind", "default"),
        [
            ("folder", "AUCTOR_FOLDER", "path", "empty"),
            ("port", "AUCTOR_PORT", "number from 1 to 65535", "`8443`"),
            ("level", "AUCTOR_LEVEL", "`low`, `high`", "`low`"),
            ("names", "AUCTOR_NAMES", "JSON list", "none"),
            ("loud", "AUCTOR_LOUD", "true or false", "`false`"),
        ],
    )
    def test_tells_name_kind_and_default(self, name: str, variable: str, kind: str, default: str) -> None:
        field = Sample.model_fields[name]
        assert (settings.variable(name, field), settings.kind(field), settings.default(field)) == (
            variable,
            kind,
            default,
        )

    def test_uses_the_first_of_several_names_and_never_shows_a_secret(self) -> None:
        field = Sample.model_fields["secret"]
        assert settings.variable("secret", field) == "THE_SECRET"
        assert settings.default(field) == "set, and not shown"
