"""Reading and writing files: one format per file, each ending in a SPEC, read in a limited process of its own."""

from data.formats._raw import RawTable
from data.formats._spec import ReadRequest
from data.formats._write import safe_cell, write_file
from data.worker import read_file

__all__ = ["RawTable", "ReadRequest", "read_file", "safe_cell", "write_file"]
