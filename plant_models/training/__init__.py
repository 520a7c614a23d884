"""How the plants' policies are trained: in the product's own closed loop, to the same bytes every time."""
