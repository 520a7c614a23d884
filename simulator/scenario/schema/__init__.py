"""Shapes of the files, one module a kind; the only folder that imports pydantic."""
