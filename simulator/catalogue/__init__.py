"""Data: scenario rows and the technique ids they name; see NOTICE."""
