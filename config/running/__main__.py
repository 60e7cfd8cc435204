"""`python -m config.running`, which ./run becomes."""

import sys

from config.running.supervisor import main

sys.exit(main())
