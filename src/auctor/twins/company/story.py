"""What happens to one deal: its hidden course first, then what a CRM would see of it.

The course decides how warm the buyer is in each week; contact, dates and stages follow from it with noise. A lost
deal cools first in most cases, a won one sometimes cools and recovers: the past tells something, and not too
much.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from auctor.twins.company.pipelines import PIPELINES, Pipeline, Stage

WARM, COOLING, COLD = "warm", "cooling", "cold"
# Log-odds of winning for one unit of the hidden quality.
QUALITY_COUNTS = 1.3
COOLS_BEFORE_LOSS = 0.88
COOLS_AND_RECOVERS = 0.3


@dataclass(slots=True)
class Course:
    """The hidden truth of a deal. `moods` has one entry a week from `begins_at` on."""

    pipeline: Pipeline
    begins_at: datetime
    ends_at: datetime
    is_won: bool
    quality: float
    amount: float
    moods: list[str]
    stays: list[tuple[Stage, datetime]] = field(default_factory=list)

    def mood_at(self, moment: datetime) -> str:
        """How warm the buyer is then."""
        week = int((moment - self.begins_at).days // 7)
        return self.moods[max(0, min(week, len(self.moods) - 1))]

    def stage_at(self, moment: datetime) -> Stage:
        """The stage the deal stands in then."""
        current = self.stays[0][0]
        for stage, since in self.stays:
            if since <= moment:
                current = stage
        return current


def tell(random: Random, begins_at: datetime) -> Course:
    """Draw one course."""
    pipeline = random.choices(PIPELINES, weights=[p.share for p in PIPELINES])[0]
    quality = random.gauss(0, 1)
    amount = round(pipeline.amount * random.lognormvariate(0, 0.75), -2)
    size = math.log(amount / pipeline.amount)
    odds = pipeline.lean + QUALITY_COUNTS * quality - 0.3 * size
    is_won = random.random() < 1 / (1 + math.exp(-odds))
    days = sum(s.days for s in pipeline.open) * random.lognormvariate(0, 0.35) * math.exp(0.15 * size)
    if not is_won:
        days *= random.uniform(0.65, 1.7)
    ends_at = begins_at + timedelta(days=max(days, 10))
    course = Course(pipeline, begins_at, ends_at, is_won, quality, amount, _moods(random, days, is_won=is_won))
    course.stays = _stays(random, course)
    return course


def _moods(random: Random, days: float, *, is_won: bool) -> list[str]:
    weeks = max(2, math.ceil(days / 7))
    moods = [WARM] * weeks
    if is_won and random.random() < COOLS_AND_RECOVERS:
        begin = random.randrange(weeks)
        for week in range(begin, min(weeks, begin + random.randint(2, 3))):
            moods[week] = COOLING
    elif not is_won and random.random() < COOLS_BEFORE_LOSS:
        begin = int(weeks * random.uniform(0.1, 0.6))
        colder = begin + random.randint(1, 3)
        moods[begin:] = [COOLING if week < colder else COLD for week in range(begin, weeks)]
    return moods


def _stays(random: Random, course: Course) -> list[tuple[Stage, datetime]]:
    """When the deal entered each stage. A lost deal ends on the way; a cold one may step back."""
    stages = list(course.pipeline.open)
    if not course.is_won:
        reached = 1 + min(len(stages) - 1, int(random.betavariate(2.8, 1.0) * len(stages)))
        stages = stages[:reached]
    weights = [s.days * random.lognormvariate(0, 0.4) for s in stages]
    length = (course.ends_at - course.begins_at).total_seconds()
    stays, passed = [], 0.0
    for stage, weight in zip(stages, weights, strict=True):
        stays.append((stage, course.begins_at + timedelta(seconds=length * passed / sum(weights))))
        passed += weight
    _step_back(random, course, stays)
    stays.append((course.pipeline.closed(won=course.is_won), course.ends_at))
    return stays


def _step_back(random: Random, course: Course, stays: list[tuple[Stage, datetime]]) -> None:
    cold_weeks = [week for week, mood in enumerate(course.moods) if mood == COLD]
    chance = 0.3 if cold_weeks else 0.04
    if len(stays) < 2 or random.random() >= chance:
        return
    last = stays[-1][1]
    moment = last + (course.ends_at - last) * random.uniform(0.3, 0.8)
    stays.append((stays[-2][0], moment))
