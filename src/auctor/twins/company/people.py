"""Who there is: our sellers, the buying companies, the people in them."""

from dataclasses import dataclass
from random import Random
from unicodedata import normalize

from auctor.twins.company.names import (
    COMPANY_FIRST,
    COMPANY_LAST,
    COUNTRIES,
    OUR_DOMAIN,
    OWNERS,
    TITLES,
    Country,
)

COMPANIES = 380


@dataclass(frozen=True, slots=True)
class Owner:
    """One of ours. `discipline` is how reliably tasks and next steps are kept, 0 to 1; the last one has left."""

    id: str
    name: str
    email: str
    discipline: float
    optimism: float
    is_active: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A buyer."""

    id: str
    company_id: str
    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Company:
    """A customer or somebody who may become one."""

    id: str
    name: str
    domain: str
    country: Country
    employees: int
    people: tuple[Person, ...]


def owners(random: Random) -> list[Owner]:
    """Everybody who owns deals."""
    made = []
    for number, name in enumerate(OWNERS, 1):
        email = f"{ascii_word(name.replace(' ', '.'))}@{OUR_DOMAIN}"
        is_active = number < len(OWNERS)
        made.append(Owner(f"owner-{number}", name, email, random.uniform(0.35, 0.9), random.gauss(0, 0.5), is_active))
    return made


def companies(random: Random) -> list[Company]:
    """All companies with their people; names and domains are unique."""
    pairs = [(first, last) for first in COMPANY_FIRST for last in COMPANY_LAST]
    random.shuffle(pairs)
    return [_company(random, number, *pair) for number, pair in enumerate(pairs[:COMPANIES], 1)]


def _company(random: Random, number: int, first: str, last: str) -> Company:
    country = random.choices(COUNTRIES, weights=(30, 15, 20, 22, 13))[0]
    company_id = f"company-{number}"
    domain = f"{ascii_word(first + '-' + last)}.example"
    people, taken = [], set()
    for place in range(1, random.randint(3, 7) + 1):
        name = f"{random.choice(country.first)} {random.choice(country.last)}"
        if name in taken:
            continue
        taken.add(name)
        people.append(_person(random, f"{company_id}-p{place}", company_id, name, domain, country))
    employees = int(random.lognormvariate(5.6, 1.1)) + 8
    return Company(company_id, f"{first} {last} {country.form}", domain, country, employees, tuple(people))


def _person(random: Random, person_id: str, company_id: str, name: str, domain: str, country: Country) -> Person:
    # A CRM does not know every title and phone.
    title = random.choice(TITLES[country.code]) if random.random() < 0.82 else ""
    codes = {"DE": "+49 30 ", "FR": "+33 1 ", "GB": "+44 20 7946 ", "US": "+1 212 555 ", "SE": "+46 8 "}
    phone = codes[country.code] + f"{random.randint(100, 199):04d}" if random.random() < 0.5 else ""
    email = f"{ascii_word(name.replace(' ', '.'))}@{domain}"
    return Person(person_id, company_id, name, title, email, phone)


def ascii_word(text: str) -> str:
    """Lower case without accents or blanks, for addresses."""
    plain = normalize("NFKD", text.replace("ß", "ss").replace("ø", "o")).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", "-")
