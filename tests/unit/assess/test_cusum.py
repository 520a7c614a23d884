"""Run lengths in closed form: as the published table has them, and as the chain that sets the limits."""

from __future__ import annotations

import pytest

from simulator.assess.cusum import limit_for, run_length, two_sided
from simulator.campaign.commission import arl

TABLE = {
    4.0: {0.0: 168, 0.25: 74.2, 0.5: 26.6, 0.75: 13.3, 1.0: 8.38, 1.5: 4.75, 2.0: 3.34},
    5.0: {0.0: 465, 0.25: 139, 0.5: 38.0, 0.75: 17.0, 1.0: 10.4, 1.5: 5.75, 2.0: 4.01},
}


@pytest.mark.parametrize("limit", TABLE)
def test_lucas_and_crosier_table_1_with_k_of_a_half(limit):
    for shift, wanted in TABLE[limit].items():
        assert two_sided(limit, shift) == pytest.approx(wanted, rel=0.04)


@pytest.mark.parametrize("limit", [4.0, 8.0, 14.0])
@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 1.0, 2.0])
def test_it_is_near_the_chain(limit, shift):
    assert run_length(limit, shift) == pytest.approx(arl.run_length(limit, shift), rel=0.04)


def test_the_limit_is_the_one_whose_run_length_is_wanted():
    for wanted in (100.0, 1500.0, 5_184_000.0):
        assert two_sided(limit_for(wanted)) == pytest.approx(wanted, rel=1e-6)
        assert limit_for(wanted) == pytest.approx(arl.limit_for(wanted), abs=0.05)
