"""同步: the runner that keeps this desk in step with the node above, and the page that says how it stands."""
