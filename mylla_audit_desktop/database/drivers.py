"""The drivers' own connections under SQLAlchemy's, for what only they can do."""

import sqlite3

import psycopg
import sqlalchemy as sa


def postgresql_driver(connection: sa.Connection) -> psycopg.Connection:
    """The psycopg connection: COPY, cancel, where it leads."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("not a PostgreSQL connection")
    return driver


def sqlite_driver(connection: sa.Connection) -> sqlite3.Connection:
    """The sqlite3 connection: progress handler, text as bytes."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("not an SQLite connection")
    return driver
