"""Why AST gives one file its prediction, as text and as a picture."""
