"""The project's tables, and the way out of this workspace.

    import glasshouse
    glasshouse.tables()                      # what there is, as a data frame
    db = glasshouse.connect()                # DuckDB with one view per table
    db.sql("select count(*) from nafld_nafld1").df()
    glasshouse.check("results")              # what the disclosure rules find, before you ask
    glasshouse.request_output("Survival by sex", files=["results/km.csv"], context="...")

Everything here talks to http://127.0.0.1:9000 and to nothing else: there is nothing else. Every read of
data is written to the access log before its first byte arrives.
"""

from ._data import columns, connect, read, tables, workspace
from ._http import GlasshouseError
from ._outputs import check, request_output, requests

__all__ = [
    "GlasshouseError",
    "check",
    "columns",
    "connect",
    "read",
    "request_output",
    "requests",
    "tables",
    "workspace",
]
__version__ = "1.0.0"
