"""WHO we organise and what has happened to them. Does not know that campaigns exist."""
