"""One module a family of formats; `cs_nlp.ingest.registry` lists them."""
