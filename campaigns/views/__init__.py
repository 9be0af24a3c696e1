"""Pages about campaigns and calls: one module per area."""
