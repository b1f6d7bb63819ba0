"""Errors that travel over the broker's socket."""

from auctor.connectors import refusals


class TestFromWords:
    def test_gives_back_the_error_that_travelled(self) -> None:
        sent = refusals.QuotaSpent("Spent.", where="day", mend="Wait.", retry_after=7.5)
        came = refusals.from_words(refusals.to_words(sent))
        assert type(came) is refusals.QuotaSpent
        assert (str(came), came.retry_after) == (str(sent), 7.5)

    def test_makes_a_plain_one_of_any_other(self) -> None:
        assert type(refusals.from_words({"code": "os.system", "message": "x"})) is refusals.VendorError
