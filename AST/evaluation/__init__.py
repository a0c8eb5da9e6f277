"""From a results file to findings: what can be said of a run without running the models again."""
