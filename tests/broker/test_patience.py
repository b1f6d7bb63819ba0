"""How often a vendor is asked again, and when it is left alone."""

import asyncio

import pytest

from auctor.broker.patience import OPENS_AFTER, STAYS_OPEN, Again, Breaker, Patience, retry_after
from auctor.broker.wire import Answer
from auctor.connectors.refusals import VendorBusy

QUICK = Patience(attempts=3, initial=0.001, longest=0.01, jitter=0.001)


async def tried(patience: Patience, error: Exception) -> int:
    count = 0
    try:
        async for attempt in patience.tries():
            with attempt:
                count += 1
                raise error
    except type(error):
        return count
    return count


class TestPatience:
    def test_tries_again_what_is_worth_it_so_often_and_no_more(self) -> None:
        assert asyncio.run(tried(QUICK, Again("503"))) == 3

    def test_waits_as_long_as_the_vendor_says(self) -> None:
        assert asyncio.run(tried(QUICK, Again("429", seconds=0.001))) == 3

    def test_does_not_repeat_anything_else(self) -> None:
        assert asyncio.run(tried(QUICK, ValueError())) == 1


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [("7", 7.0), ("0.5", 0.5), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("9" * 9, None)],
    )
    def test_believes_plain_numbers(self, said: str, expected: float | None) -> None:
        assert retry_after(Answer(429, {"retry-after": said}, b"")) == expected


class TestBreaker:
    def test_leaves_a_vendor_alone_after_failures_in_a_row_and_lets_one_try(self) -> None:
        moment = 0.0
        breaker = Breaker(clock=lambda: moment)
        for _turn in range(OPENS_AFTER):
            breaker.require_closed("a")
            breaker.failed("a")
        with pytest.raises(VendorBusy) as busy:
            breaker.require_closed("a")
        assert busy.value.retry_after == STAYS_OPEN
        breaker.require_closed("b")
        moment = STAYS_OPEN
        breaker.require_closed("a")
        with pytest.raises(VendorBusy):
            breaker.require_closed("a")
        breaker.succeeded("a")
        breaker.require_closed("a")

    def test_forgets_failures_once_it_answers(self) -> None:
        breaker = Breaker(clock=lambda: 0.0)
        for _turn in range(OPENS_AFTER - 1):
            breaker.failed("a")
        breaker.succeeded("a")
        breaker.failed("a")
        breaker.require_closed("a")
