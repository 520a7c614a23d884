"""The quadruple tank at P+: the same rig with its valves turned, a zero in the right half-plane."""
