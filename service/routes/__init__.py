"""Addresses: each parses, calls one function, and returns."""
