from datetime import datetime

import pytest

from auctor.jobs.declare import declared, job
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor


class TestJob:
    def test_is_known_by_its_name_with_policy_and_summary(self) -> None:
        @job("sample.water", retry=Retry.SHORT)
        def water(actor: Actor, *, now: datetime) -> None:
            """Water the plants.

            Twice does no harm.
            """

        found = declared()["sample.water"]
        assert (found.function, found.retry, found.summary) == (water, Retry.SHORT, "Water the plants.")

    @pytest.mark.parametrize("name", ["water", "Sample.water", "sample.water.plants", "sample water", "sample.", ""])
    def test_refuses_a_name_of_another_form(self, name: str) -> None:
        with pytest.raises(ValueError, match="no name of a job"):
            job(name, retry=Retry.NONE)

    def test_refuses_a_name_that_another_module_took(self) -> None:
        def other(actor: Actor, *, now: datetime) -> None: ...

        other.__module__ = "auctor.other.jobs"
        job("sample.taken", retry=Retry.NONE)(other)
        with pytest.raises(ValueError, match=r"declared in auctor\.other\.jobs already"):

            @job("sample.taken", retry=Retry.NONE)
            def taken(actor: Actor, *, now: datetime) -> None: ...
