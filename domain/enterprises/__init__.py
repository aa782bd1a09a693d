"""Enterprises: who comes to the window (企业、个体工商户 and others)."""
