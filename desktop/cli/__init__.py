"""The command line ``qifu``: the desk's work without a screen. The contract is kept in docs/cli.md."""
