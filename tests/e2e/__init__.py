"""Real clients and hosts at the installed command. `scripts/clients` runs them; they need Node and a browser."""
