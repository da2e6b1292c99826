"""Checks: what a landed file and a release must satisfy before anyone may rely on them."""
