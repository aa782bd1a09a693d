"""One function per thing a person does. See ARCHITECTURE.md."""
