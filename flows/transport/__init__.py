"""What travels between a publisher's server and this machine: requests, answers, and whose turn it is."""
