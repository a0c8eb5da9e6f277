"""The command lines. The scripts at the top and ``ast-stems`` start these."""
