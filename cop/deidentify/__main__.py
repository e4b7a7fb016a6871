"""`python -m cop.deidentify`."""

from .cli import deidentify

deidentify(prog_name="deidentify")
