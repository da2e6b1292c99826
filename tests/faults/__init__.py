"""Faults on purpose: kills, full disks, damaged files and the rest, and what is lost by them (`make faults`)."""
