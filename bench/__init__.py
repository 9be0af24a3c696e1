"""What `make bench` runs: our figures beside the raw engine's, in the same run."""
