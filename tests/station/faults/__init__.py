"""Faults that a station must survive: real processes, a real centre, a wire with levers."""
