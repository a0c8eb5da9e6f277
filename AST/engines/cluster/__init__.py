"""The engine that is a cluster of Ray: nodes do batches, the driver keeps their order."""
