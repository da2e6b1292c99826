"""What is peculiar to UN Comtrade's interface: how a question is put and taken apart, how an answer is read."""
