"""Qt front desk and the command line. See ARCHITECTURE.md."""
