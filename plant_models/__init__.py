"""Plants to prove a controller on: physics, instruments and validation card of each."""
