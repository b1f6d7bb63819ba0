"""Invented names. Companies and people here do not exist; addresses end in `.example`."""

from dataclasses import dataclass

OUR_NAME = "Northwind Instruments"
OUR_DOMAIN = "northwind-instruments.example"

OWNERS = (
    "Anna Lind",
    "Jorge Ortiz",
    "Priya Nair",
    "Tom Becker",
    "Claire Moreau",
    "Sven Holm",
    "Ruth Adeyemi",
    "Marek Novak",
)

COMPANY_FIRST = (
    "Akeron", "Brightwater", "Hallmark", "Osterley", "Meridian", "Lindhavn", "Calder", "Vantor", "Nordwerk", "Silbury",
    "Tarn", "Elmshorn", "Kestrel", "Orrin", "Pallas", "Quarry", "Ridgeway", "Solvang", "Tessin", "Ulven",
    "Verity", "Westmark", "Ystad", "Zephyr", "Arden", "Borealis Bay", "Corvin", "Dunmore", "Estrel", "Fjord",
    "Granit", "Harbour", "Inverness", "Juniper", "Karst", "Lowen", "Mistral", "Norrby", "Opal", "Pinnacle",
)  # fmt: skip
COMPANY_LAST = (
    "Foods", "Rail", "Chemicals", "Logistics", "Paper", "Energy", "Pharma", "Steel", "Water", "Dairy", "Optics",
    "Marine",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    """A market: its currency, its legal form, first and last names as they are common there."""

    code: str
    currency: str
    form: str
    first: tuple[str, ...]
    last: tuple[str, ...]


COUNTRIES = (
    Country(
        "DE", "EUR", "GmbH",
        ("Maria", "Jonas", "Katrin", "Lukas", "Sabine", "Felix", "Heike", "Paul"),
        ("Keller", "Brandt", "Vogel", "Sommer", "Lorenz", "Krause", "Winkler", "Böhm"),
    ),
    Country(
        "FR", "EUR", "SA",
        ("Julie", "Antoine", "Camille", "Hugo", "Élodie", "Marc", "Sophie", "Luc"),
        ("Girard", "Lefèvre", "Dupuis", "Mercier", "Faure", "Roussel", "Blanc", "Chevalier"),
    ),
    Country(
        "GB", "GBP", "Ltd",
        ("Tola", "Emma", "Oliver", "Grace", "Hamish", "Isla", "Noah", "Freya"),
        ("Osei", "Whitfield", "Ashdown", "Marsh", "Hollis", "Pryce", "Thorne", "Langley"),
    ),
    Country(
        "US", "USD", "Inc",
        ("Dana", "Marcus", "Elena", "Tyler", "Renee", "Caleb", "Monique", "Grant"),
        ("Hoover", "Delgado", "Whitaker", "Boone", "Sandoval", "Pierce", "Calloway", "Nash"),
    ),
    Country(
        "SE", "SEK", "AB",
        ("Astrid", "Nils", "Karin", "Oskar", "Linnea", "Gustav", "Maja", "Elias"),
        ("Bergström", "Nyberg", "Sandell", "Ekholm", "Wallin", "Forsberg", "Hedlund", "Åkesson"),
    ),
)  # fmt: skip

# Title and how often it sits on the buying side of a deal.
TITLES = {
    "DE": ("Leiterin Einkauf", "Werkleiter", "Geschäftsführer", "Projektingenieurin", "Leiter Qualität", "Einkäufer"),
    "FR": ("Directrice des achats", "Responsable maintenance", "Directeur général", "Ingénieur procédés", "Acheteuse"),
    "GB": ("Head of Procurement", "Plant Manager", "Chief Operating Officer", "Process Engineer", "Buyer"),
    "US": ("VP Operations", "Director of Quality", "Plant Manager", "Controls Engineer", "Chief Financial Officer"),
    "SE": ("Inköpschef", "Produktionschef", "Verkställande direktör", "Processingenjör", "Kvalitetschef"),
}

DEAL_NAMES = (
    "Line {n} retrofit", "Fleet sensors, phase {n}", "Calibration contract", "Plant audit {year}", "Warehouse rollout",
    "Service renewal", "Flow metering, site {n}", "Spectrometer upgrade", "Leak detection pilot", "Lab modernisation",
    "Control room, stage {n}", "Emission monitoring", "Spare parts frame", "Training package {year}",
    "Tank farm gauges",
)  # fmt: skip

NEXT_STEPS = (
    "Send revised offer", "Agree on site visit", "Legal review of terms", "Introduce security officer",
    "Confirm budget owner", "Plan acceptance test", "Close open questions on scope",
)  # fmt: skip
