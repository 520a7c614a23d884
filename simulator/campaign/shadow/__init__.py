"""Shadow mode: recorded data in place of the plant; the same guards, the same requirements, open loop."""
