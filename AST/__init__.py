"""What AST hears in the stems of multitrack recordings: shared code of the analysis scripts.

Importing this package does nothing but name it; every module loads what it needs when it is used.
"""
