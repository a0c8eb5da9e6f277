"""Two or more runs over the same stems, and several files pooled into one run."""
