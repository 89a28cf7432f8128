"""What the bundle's `mylla-audit` runs."""

import sys

from mylla_audit_desktop.cli.main import main

sys.exit(main())
