"""Roles: conduit and source must both fit; refused writes are counted without end and kept with one."""

from __future__ import annotations

import pytest

from simulator.modbus.access import KEPT, Conduit, Refusal, Refusals, Role, Unknown


@pytest.mark.parametrize(("source", "role"), [("10.1.0.7", Role.AI), ("10.1.1.7", Role.NONE)])
def test_a_source_has_the_role_of_its_conduit_only_when_the_conduit_knows_it(source, role):
    assert Conduit(Role.AI, ("10.1.0.0/24",)).role_of(source) is role


def test_a_conduit_may_refuse_whom_it_does_not_know():
    assert Conduit(Role.AI, ("10.1.0.1",), Unknown.REFUSED).role_of("10.1.0.2") is None


def test_addresses_of_the_sixth_version_are_known_too():
    assert Conduit(Role.OPERATOR, ("fe80::1",)).role_of("fe80::1%eth0") is Role.OPERATOR


def test_a_source_that_is_no_address_is_refused_at_once():
    with pytest.raises(ValueError, match="office"):
        Conduit(Role.AI, ("office",))


def test_the_first_refusals_are_kept_and_all_are_counted():
    refusals = Refusals()
    for k in range(KEPT + 5):
        refusals.add(Refusal(k, 0, "127.0.0.1:1", Role.NONE, 6, k, 1, 1))
    assert (refusals.writes, len(refusals.kept)) == (KEPT + 5, KEPT)
    assert (refusals.kept[0].when, refusals.last.when) == (0, KEPT + 4)
