"""Which version of the package this is."""

VERSION = "0.1.0"
USER_AGENT = f"askwell-python/{VERSION}"
