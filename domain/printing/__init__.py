"""Paper as data: frozen snapshots of what a slip or notice says, and the masking that goes with them."""
