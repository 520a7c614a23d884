"""The stirred-tank reactor slowed thirty times: the same steady states, a real reactor's hours."""
