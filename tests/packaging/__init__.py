"""The recipes of the packages: what can be checked without building them."""
