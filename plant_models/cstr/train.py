"""Train the four policies of the two reactors: ``python -m plant_models.cstr.train``.

Each is searched for in the product's own closed loop, behind its guards, on the plant file's own
cost index; the same sources give the same files, byte for byte (``--check``).
"""

from __future__ import annotations

from plant_models.training.recipe import Recipe, main

FAR = {"true.reactor_temperature": 2.0}  # K from the setpoint
LONG = (5.0 * 30, 20.0 * 30)  # min, days of the slow twin: as much longer as its process is slower

# ROUT starts from 10 and 4 %/K on two cycles of the reactor, chosen; the rest by balances:
# UA / (V rho cp) = 0.035 1/s times 64 % s/K of derivative action is 2 %/K on the jacket; a kelvin of
# coolant, of feed and 0.005 mol/L in the reactor ask for 1.3, 0.9 and 0.9 % more coolant.
LAW = {
    "TT-101": (1.0, 0.4),
    "TT-102": (0.6,),
    "TT-103": (0.13,),
    "TT-104": (0.09,),
    "AT-105": (0.015,) * 6,
}
QUICK = {
    "TT-101": (0.2,) * 8,
    "TT-102": (0.1,) * 8,
    "TT-103": (0.02,) * 8,
    "TT-104": (0.02,) * 8,
    "FT-101": (0.02,) * 8,
    "AT-105": (0.01,) * 8,
}
"""The law for a policy that is asked at every scan of the PLC: eight samples share each gain."""
RECIPES = (
    Recipe("cstr", "rcas", ({},), 1.6, FAR, (80, 0.05), (60, 0.01)),
    Recipe("cstr", "rout", (QUICK,), 4.0, FAR, (80, 0.02), (20, 0.004)),
    Recipe("cstr_slow", "rcas", ({},), 1.6, FAR, (40, 0.05), (20, 0.01), 8, LONG),
    Recipe("cstr_slow", "rout", (LAW,), 4.0, FAR, (90, 0.03), (20, 0.005), 8, LONG),
)

if __name__ == "__main__":
    raise SystemExit(main(RECIPES, __doc__))
