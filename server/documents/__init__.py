"""Reference documents for the devices below: ``/v1/documents``."""
