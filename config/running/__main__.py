"""`python -m config.running`, which ./run becomes; with `dev` it starts anew what code changes."""

import sys

from config.running.supervisor import main

sys.exit(main(is_dev=sys.argv[1:] == ["dev"]))
