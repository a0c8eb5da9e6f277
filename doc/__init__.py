"""The scripts that make the pictures in this folder."""
