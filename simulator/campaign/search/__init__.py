"""Search for violations: methods that ask for points, and a race in which they share a budget."""

from simulator.campaign.search.found import Found, Objective, Pattern, Reals, Searched
from simulator.campaign.search.portfolio import search

__all__ = ["Found", "Objective", "Pattern", "Reals", "Searched", "search"]
