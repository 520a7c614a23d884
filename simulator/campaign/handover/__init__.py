"""Hand-over: how fast the fallback has the loop when the AI fails, and whether the operator always wins."""
