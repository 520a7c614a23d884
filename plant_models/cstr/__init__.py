"""Exothermic stirred-tank reactor, open-loop unstable at its working point."""
