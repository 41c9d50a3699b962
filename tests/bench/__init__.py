"""How much the daemon does with a season's evening, and what that costs: see bench.py."""
