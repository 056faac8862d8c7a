"""The HTTP service over cs_nlp."""
