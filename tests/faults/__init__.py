"""Campaigns of faults, and the judge of what they leave."""
