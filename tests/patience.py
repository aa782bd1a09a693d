"""How long a test waits for what must come: a limit costs nothing while it comes, and a busy machine is no fault."""

PATIENCE_S = 60
