"""Python runs this before anything else where this folder is on PYTHONPATH: the process then is a Windows to us."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))

from tests.platforms.windows import pretend

pretend()
