"""Figures of the report: the only folder that imports matplotlib, and only when one is drawn."""
