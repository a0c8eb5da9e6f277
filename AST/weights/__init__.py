"""The models' files: which ones there are, where they come from, what they hold."""
