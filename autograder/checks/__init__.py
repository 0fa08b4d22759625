"""The hidden checks, one module an assignment; they run where no student code can, and no release holds them."""
