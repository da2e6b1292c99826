"""What a reader is told, made once from the codes and numbers of the warehouse: for terminal, page and BI alike."""
