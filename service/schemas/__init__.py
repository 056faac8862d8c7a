"""What comes in and goes out over HTTP: pydantic, strict, nothing unknown taken."""
