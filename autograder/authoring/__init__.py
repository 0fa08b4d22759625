"""For those who write assignments: the checks in their own kernel, verifying, releasing."""
