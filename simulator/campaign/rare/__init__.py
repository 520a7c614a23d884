"""Rare events: subset simulation over a question's space, in repeats that know nothing of each other."""
