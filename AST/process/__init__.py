"""What a process and its machine have: processors, threads, devices, streams, messages."""
