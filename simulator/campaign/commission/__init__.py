"""What is measured on a plant before its AI may act: ``plantproof commission``."""
