"""python -m dialler_mcp"""

from dialler_mcp.cli import main

if __name__ == "__main__":
    main()
