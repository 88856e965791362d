"""How this project opens DuckDB, and how it asks it several questions at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import duckdb

THREADS = 2
DUCKDB_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "threads": str(THREADS),
}


def connect(path: str = ":memory:", read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that never reaches for the network, prints nothing and treats division by zero as an error."""
    con = duckdb.connect(path, read_only=read_only, config=DUCKDB_CONFIG)
    con.execute("set enable_progress_bar = false")
    con.execute("set global ieee_floating_point_ops = false")
    return con


def side_by_side(con: duckdb.DuckDBPyConnection, ask: Callable, items: Iterable) -> list:
    """What `ask(item, connection)` says of each item, in their order; each has a connection of its own to the same rows.

    A hundred small questions take DuckDB longer to read than to answer, and it reads each on one core.
    """
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda item: ask(item, con.cursor()), items))
