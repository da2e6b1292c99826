"""`entrepot`, the command line: the verbs, and how the terminal shows what they did."""
