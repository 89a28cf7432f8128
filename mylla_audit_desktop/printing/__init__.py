"""From HTML to paper: the only room beside `desktop` that knows Qt, and only QtGui."""
