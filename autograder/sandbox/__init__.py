"""The walls around students' code, and the host's side of talking to it."""
