"""Speed, held against the bare tools in the same run; `make bench` prints the figures."""
