"""Many replicas of a suite's questions, far beyond its plan: one row a run, and what they count up to."""
