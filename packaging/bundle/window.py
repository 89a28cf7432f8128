"""What the bundle's `mylla-audit-desktop` runs."""

import sys

from mylla_audit_desktop.__main__ import main

sys.exit(main())
