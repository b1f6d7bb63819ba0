"""What may be registered, and which change is one."""

import pytest

from auctor.connectors import rules
from auctor.connectors.records import State
from auctor.connectors.registry import find_vendor
from auctor.connectors.vendor import CallRefused


class TestCheckClient:
    def test_takes_a_site_as_people_paste_it(self) -> None:
        vendor = find_vendor("salesforce")
        site = rules.check_client(vendor, client_id="a", secret="b", site=" https://Acme.my.salesforce.com/ ")
        assert site == "acme.my.salesforce.com"

    @pytest.mark.parametrize(
        ("client_id", "secret"), [("", "x"), ("x", ""), ("a b", "x"), ("x", "é"), ("x", "y" * 201)]
    )
    def test_refuses_what_no_vendor_shows(self, client_id: str, secret: str) -> None:
        with pytest.raises(rules.ClientRefused) as refused:
            rules.check_client(find_vendor("hubspot"), client_id=client_id, secret=secret, site="")
        assert "yyy" not in str(refused.value)

    def test_refuses_a_site_of_somebody_else(self) -> None:
        with pytest.raises(CallRefused):
            rules.check_client(find_vendor("salesforce"), client_id="a", secret="b", site="acme.example")


class TestCheckChange:
    @pytest.mark.parametrize("before", list(State))
    @pytest.mark.parametrize("after", list(State))
    def test_lets_people_pause_and_resume_and_nothing_else(self, before: State, after: State) -> None:
        if {before, after} == {State.ACTIVE, State.PAUSED}:
            rules.check_change(before, after)
        else:
            with pytest.raises(rules.ChangeRefused):
                rules.check_change(before, after)
