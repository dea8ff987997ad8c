"""The vocabulary: money, dates, tables, entries, findings. No input or output, no clock, no random numbers."""
