"""Whether a message is the answer of somebody who is away, from its label: derived once, at ingest. Pure."""

import re
from typing import Final

# What mail programs put before, or in place of, the subject of an automatic answer, in the languages of our customers.
_AWAY: Final = re.compile(
    r"^\W*(re:\s*)?("
    r"(i am |i'm )?(currently )?out of (the )?office|ooo\b|auto(matic)?[ -]?(reply|response)"
    r"|on (annual |parental )?leave\b"
    r"|on vacation|abwesenheits?(notiz|nachricht|assistent)?\b|automatische (antwort|r[üu]ckantwort)|nicht im b[üu]ro"
    r"|r[ée]ponse automatique|absen(t|ce) du bureau|en cong[ée]s?\b|respuesta autom[áa]tica|fuera de (la )?oficina"
    r"|ausente\b|risposta automatica|fuori (sede|ufficio)|assente\b|resposta autom[áa]tica|fora do escrit[óo]rio"
    r"|automatisch antwoord|afwezig|niet aanwezig|autosvar|fr[åa]nvaro|frav[æa]r|automaattinen vastaus"
    r"|odpowied[źz] automatyczna|poza biurem"
    r")",
    re.IGNORECASE,
)


def is_away(label: str) -> bool:
    """Whether it says so; a subject that merely contains such words is an ordinary one."""
    return _AWAY.match(label) is not None
