"""Addresses of the server: Morango's own."""

from morango.urls import urlpatterns

__all__ = ["urlpatterns"]
