"""Attached files for the devices below, and from them: ``/v1/files``."""
