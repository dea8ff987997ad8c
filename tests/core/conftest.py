"""The ledger made by hand stands beside the folders of tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
