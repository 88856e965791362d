"""What the tests share: the project's root, its tables, and small datasets made on the spot."""

from pathlib import Path

import pytest

from opencapex import schemas
from opencapex.models import build, connect
from opencapex.shape import create_table

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def tables():
    return schemas.load(ROOT)


def built(tables, given, models):
    """A connection holding the curated rows `given` (table -> list of dicts) and the models built from them."""
    con = connect()
    for table in tables.values():
        if table.path:
            con.execute(create_table(table))
            for row in given.get(table.name, []):
                names = ", ".join(f'"{name}"' for name in row)
                con.execute(f"insert into {table.name} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))
    build(tables, con, only=models)
    return con
