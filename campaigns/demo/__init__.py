"""The demo district: invented people, and three years in which the product's own functions did everything."""
