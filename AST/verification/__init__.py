"""Whether this machine gives the figures that are public: ``python -m AST.weights --verify``."""
