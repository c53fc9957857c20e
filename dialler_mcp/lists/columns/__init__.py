"""What the columns of a list mean, and the values in them."""
