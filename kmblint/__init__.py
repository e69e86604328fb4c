"""kmblint: a static analyser for Kimberlite migrations."""

# It imports nothing, as `python -m kmblint` would look for it in the working directory.
__all__ = ["__version__"]

__version__ = "0.1.0"
