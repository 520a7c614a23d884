"""Four interconnected water tanks and two pumps, whose valves decide which pump moves which level."""
