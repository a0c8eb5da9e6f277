"""What AST's scores say besides the prediction: ranks, calibration, other rules."""
