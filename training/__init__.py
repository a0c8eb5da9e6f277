"""How the small embedded models are made: render, train, evaluate, export (see README.md)."""
