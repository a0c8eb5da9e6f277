"""What part of the mistakes is the label dictionary's: names it leaves out, and a learned one."""
