"""The trained classifier at work: artefact, runtime, batching."""
