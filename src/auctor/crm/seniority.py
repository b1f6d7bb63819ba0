"""How much power a title speaks of, in English, German, French, Spanish, Portuguese, Italian and Dutch. Pure.

Chief, founder, owner 4; VP, head, general manager 3; director 2; manager 1; any other title 0. The highest rank in
the title counts; a deputy stands one lower; who assists somebody, or once was somebody, holds no rank.
"""

import re
import unicodedata
from functools import lru_cache

from auctor.signals.vocabulary import Seniority

# Words as they are after `_plain`: small letters without accents. A pattern begins at a word's beginning.
CHIEF = (
    r"c[eftiomrp]o\b|ciso\b|cdo\b|chro\b|cso\b|chief (?!of staff)|(co )?founder|owner\b|proprietor|president(?!ial)"
    r"|chair(man|woman|person)?\b|managing (director|partner)|partner$"
    r"|geschafts ?fuhr|geschaeftsfuehr|vorstand|inhaber|grunder|gruender|gesellschafter"
    r"|pdg\b|directeur general|directrice generale|(co ?)?fondat(eur|rice)|gerante?\b|proprietaire|dirigeante?\b"
    r"|director(a)? (general|ejecutiv[oa])|gerente general|consejer[oa] delegad[oa]|(co)?fundador|propietari[oa]"
    r"|duen[oa]\b|presidenta\b|diretora? (geral|executiv[oa]|presidente)|proprietari[oa]|don[oa] d|soci[oa] "
    r"|amministrat(ore|rice) (delegat|unic)|direttore generale|direttrice generale|titolare|fondat(ore|rice)"
    r"|algemeen directeur|directeur eigenaar|eigenaar|eigenares|oprichter|bestuurder|zaakvoerder"
)
HEAD = (
    r"[se]?vp\b|avp\b|vice ?presiden|vice presidenta|head\b|gm\b|general manager"
    r"|leiter(in)? |abteilungs ?leit|bereichs ?leit|hauptabteilungsleit|leitung |prokurist|leitender?"
    r"|superintendente|dirigente\b|hoofd\b|afdelingshoofd|chief of staff"
)
DIRECTOR = r"director|direktor|directeur|directrice|diretor|direttore|direttrice|directrice"
MANAGER = (
    r"manager|managerin|team ?lead|supervisor|team ?leit|gruppen ?leit|projekt ?leit|vertriebs ?leit|leiter"
    r"|responsa[bv]|responsabile|chef |cheffe |jef[ea]\b|gerente|encargad|chefe|coordinador|coordenador|capo\b"
    r"|team ?leider|leidinggevend"
)
RANKS = (
    (Seniority.CHIEF, re.compile(rf"\b({CHIEF})")),
    (Seniority.HEAD, re.compile(rf"\b({HEAD})")),
    (Seniority.DIRECTOR, re.compile(rf"\b({DIRECTOR})")),
    (Seniority.MANAGER, re.compile(rf"\b({MANAGER})")),
)
# Not chiefs: vice presidents, owners of a backlog, managers of partners.
NOT_CHIEF = re.compile(r"vice ?president\w*|(product|process|service|data|system) owner|proprietaire produit")
ASSISTS = re.compile(
    r"\b(assist(?!ant (vice|director|manager|head|general))|sekretar|sekretaer|secret|praktikant|stagi|intern\b|trainee"
    r"|werkstudent|aprendiz|becari|former\b|retired\b|ex\b|ehemalig|ancien)|\bto the (ceo|cfo|cto|chief|president)"
)
DEPUTY = re.compile(r"\b(deputy|adjoint|stellv|vertretend|sub ?direct|vice (direct|diret|dirett|head)|adjunct|acting)")


def seniority_of(title: str | None) -> Seniority | None:
    """The rank of a title; None when there is no title, so that nothing is known."""
    words = _plain(title) if title else ""
    return _rank(words) if words else None


@lru_cache(maxsize=65_536)
def _rank(words: str) -> Seniority:
    if ASSISTS.search(words):
        return Seniority.OTHER
    without = NOT_CHIEF.sub(" ", words)
    for rank, pattern in RANKS:
        if pattern.search(without if rank is Seniority.CHIEF else words):
            return Seniority(max(rank - 1, 0)) if DEPUTY.search(words) else rank
    return Seniority.OTHER


def _plain(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in decomposed)
    return " ".join(letters.split())
