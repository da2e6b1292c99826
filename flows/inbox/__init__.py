"""Files a person brings: what lies in the inbox, which table it is, and a contract drafted for one of your own."""
