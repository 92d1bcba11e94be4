"""`python -m fal`, for where the script `fal` is not on the path."""

import sys

from fal.cli import main

sys.exit(main())
