"""What the lock files bring in: licences, and known vulnerabilities (`make audit-lock`)."""
