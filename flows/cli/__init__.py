"""`entrepot`, the command line: the verbs, and how the terminal shows what they did."""

from flows.machine import hold_standard_streams

hold_standard_streams()  # before anything is opened or asks how wide the terminal is
