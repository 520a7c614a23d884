"""Cross-checks: names exist, units fit, votes and periods agree; one module a kind of file."""
