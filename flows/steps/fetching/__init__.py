"""What fetch is made of: a span of time, publishers side by side, and the bytes of one partition."""
