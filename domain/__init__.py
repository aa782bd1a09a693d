"""The business: types, rules and protocols. Pure; see ARCHITECTURE.md."""
