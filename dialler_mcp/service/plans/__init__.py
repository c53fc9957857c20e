"""The plans behind the changing tools: what a change means, what it asks for, and what is told of it afterwards."""
