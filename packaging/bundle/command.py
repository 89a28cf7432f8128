"""What the bundle's `mylla-audit` runs."""

import sys

from mylla_audit_desktop.cli.entry import main

sys.exit(main())
