"""Pages about people, associations, accounts and figures: one module per area."""
