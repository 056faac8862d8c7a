"""The service: REST for platforms and a page for quality teams, over the same functions as the command line."""
