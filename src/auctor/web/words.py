"""Figures and moments as people read them: currency always visible, the zone always named. Pure."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

# ISO 4217: currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
NARROW_SPACE = "\u202f"
MINUS = "\u2212"


def to_money(minor: int, currency: str) -> str:
    """An amount in minor units as `€184,000` or `CHF 1,250.50`; cents only when there are some."""
    amount = Decimal(abs(minor)).scaleb(-MINOR_DIGITS.get(currency, 2))
    digits = f"{amount:,}" if amount != amount.to_integral_value() else f"{int(amount):,}"
    sign = SIGNS.get(currency, f"{currency}{NARROW_SPACE}")
    return f"{MINUS if minor < 0 else ''}{sign}{digits}"


def to_whole(minor: int, currency: str) -> int:
    """An estimate or a sum without its minor units, which would claim too much."""
    unit: int = 10 ** MINOR_DIGITS.get(currency, 2)
    return round(minor / unit) * unit


def to_count(number: int, singular: str, plural: str = "") -> str:
    """`1 deal`, `1,204 deals`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def to_percent(share: float) -> str:
    """A share of one as `38 %`."""
    return f"{round(share * 100)}{NARROW_SPACE}%"


def to_chance(share: float) -> str:
    """A probability as `38 %`; nothing that was learnt is impossible or certain: `under 1 %`, `over 99 %`."""
    if round(share * 100) in (0, 100):
        return f"{'under 1' if share < 0.5 else 'over 99'}{NARROW_SPACE}%"
    return to_percent(share)


def to_points(points: int) -> str:
    """Points of a score with their sign: `+17`, `−8`."""
    return f"+{points}" if points > 0 else f"{MINUS}{-points}" if points < 0 else "0"


def to_day(day: date, *, today: date) -> str:
    """`4 Dec`, with the year when it is another one."""
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def to_age(moment: datetime, *, now: datetime) -> str:
    """How long ago, in the largest unit that fits: `just now`, `5 minutes ago`, `in 3 days`."""
    distance = abs(now - moment)
    if distance < timedelta(minutes=1):
        return "just now"
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60))
    name, seconds = next(unit for unit in units if distance.total_seconds() >= unit[1])
    words = to_count(int(distance.total_seconds() // seconds), name)
    return f"in {words}" if moment > now else f"{words} ago"


def to_span(since: datetime, *, now: datetime) -> str:
    """How long something lasts already: `3 days`, `1 hour`, `a moment`."""
    return to_age(min(since, now), now=now).removesuffix(" ago").replace("just now", "a moment")


def to_initials(name: str) -> str:
    """Up to two letters that stand for a person: of the first and last name, or of an address."""
    words = [word for word in name.split("@")[0].replace(".", " ").replace("_", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    chosen = words if len(words) == 1 else (words[0], words[-1])
    return "".join(word[0] for word in chosen).upper()


def to_trend(values: list[float]) -> str:
    """What a reader of a small curve sees: from where to where, and its turn if there is one."""
    if not values:
        return "no values"
    steps = [after - before for before, after in pairwise(values)]
    way = "falling" if sum(steps) < 0 else "rising" if sum(steps) > 0 else "level"
    return f"{way} from {values[0]:g} to {values[-1]:g}, lowest {min(values):g}, highest {max(values):g}"
