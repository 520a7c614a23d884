"""Looks for points of a question's space at which requirements fail, and makes scenarios of them."""
