"""For those who write assignments: the checks in their own kernel, the bank, verifying, releasing."""
