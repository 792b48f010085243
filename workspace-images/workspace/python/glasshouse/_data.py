"""The project's tables: what there is, and DuckDB over it."""

import os
import re

from ._http import GlasshouseError, call

HOME = os.environ.get("HOME", "/work/home")
PLAIN_NAME = re.compile(r"^[a-z][a-z0-9_]{0,100}$")


def workspace():
    """Who and where this workspace is: project, person, agreement version, extract, tables."""
    return call("GET", "/workspace")


def tables():
    """The project's tables as a data frame: name, description, rows, columns, and why one cannot be read now."""
    import pandas

    found = [
        {
            "name": table["name"],
            "description": table["description"],
            "rows": table["rows"],
            "columns": len(table["columns"]),
            "refused": table["refused"],
        }
        for table in workspace()["tables"]
    ]
    return pandas.DataFrame(found, columns=["name", "description", "rows", "columns", "refused"])


def columns(table):
    """The columns of one table as a data frame: name, type, description."""
    import pandas

    for known in workspace()["tables"]:
        if known["name"] == table:
            return pandas.DataFrame(known["columns"], columns=["name", "type", "description"])
    raise GlasshouseError("not_found", f"This project has no table {table!r}; glasshouse.tables() lists them.")


def connect(only=None, extract=None):
    """A DuckDB connection with one view per table.

    `only` is a list of table names; others are then not opened, and not in the log. `extract` is the id of
    an older extract, while the agreement allows it. A table that cannot be read now is there too and says
    why when it is used.
    """
    import duckdb
    import duckdb_extension_httpfs

    known = workspace()["tables"]
    missing = set(only or []) - {table["name"] for table in known}
    if missing:
        raise GlasshouseError("not_found", f"This project has no table {sorted(missing)[0]!r}; glasshouse.tables() lists them.")
    connection = duckdb.connect(config=_settings())
    extension = duckdb_extension_httpfs.__path__[0]
    connection.execute(f"LOAD '{extension}/extensions/v{duckdb.__version__}/httpfs.duckdb_extension'")
    connection.execute("CREATE SECRET (TYPE s3, ENDPOINT '127.0.0.1:9000', USE_SSL false, URL_STYLE 'path')")
    bucket = "data" if extract is None else f"extract-{extract}"
    for table in known:
        if only is None or table["name"] in only:
            _view(connection, bucket, table)
    return connection


def read(table, columns=None):
    """One table, or some of its columns, as a pandas data frame."""
    wanted = "*" if not columns else ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    return connect(only=[table]).sql(f"select {wanted} from {table}").df()


def _view(connection, bucket, table):
    name, refused = table["name"], table["refused"]
    if not PLAIN_NAME.match(name):
        return
    if refused is None:
        try:
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('s3://{bucket}/{name}/*.parquet')")
            return
        except Exception as error:  # DuckDB's errors share no narrower class with its HTTP errors
            refused = f"{name} cannot be read now: {error}"
    reason = refused.replace("'", "''")
    connection.execute(f"CREATE VIEW {name} AS SELECT error('{reason}') AS refused")


def _settings():
    spill = os.path.join(HOME, ".cache", "duckdb")
    return {
        # DuckDB would take a share of the whole machine's memory, of which this workspace has a part.
        "memory_limit": f"{_memory_megabytes() * 6 // 10}MB",
        "temp_directory": spill,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def _memory_megabytes():
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path) as file:
                value = file.read().strip()
            if value.isdigit() and int(value) < 1 << 50:
                return int(value) // (1 << 20)
        except OSError:
            pass
    return 1024
