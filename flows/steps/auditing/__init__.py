"""Parts of the audit."""
