"""Recorded voice: what people upload or record in the page, from bytes nobody trusts to plain sound."""
