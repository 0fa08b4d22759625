"""Where a class keeps things: its folder, its settings, what was handed in and when, its verdicts."""
