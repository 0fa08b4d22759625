"""All that a student's process can read of this package: its folder is what is mounted there."""
