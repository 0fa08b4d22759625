"""The hidden checks: a folder an assignment, a file a blank. They run where no student code can; none is released."""
