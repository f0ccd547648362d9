"""`python -m paribus` is the command `paribus`."""

from paribus.cli import main

main()
