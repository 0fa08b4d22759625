"""From values that came back from a notebook to a verdict: no student's code runs here."""
