-- The versions that this database has been through; the highest is the present
-- one. This table is never changed, so that any release can read it.
CREATE TABLE shelflife_schema (
    version INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- Ids are text in their canonical form: it sorts as the bytes do, and a person
-- with a database shell can read it. Documents are JSON for the same reason.
CREATE TABLE shelflife_records (
    seller    TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    revision  INTEGER NOT NULL CHECK (revision > 0),
    in_flight INTEGER NOT NULL CHECK (in_flight IN (0, 1)),
    record    TEXT    NOT NULL,
    PRIMARY KEY (seller, id)
) STRICT;

-- The few records that something is under way for, in the order of a list.
CREATE INDEX shelflife_records_in_flight
    ON shelflife_records (seller, id) WHERE in_flight = 1;

CREATE TABLE shelflife_entries (
    seller   TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL CHECK (revision > 0),
    entry    TEXT    NOT NULL,
    PRIMARY KEY (seller, id, revision),
    FOREIGN KEY (seller, id) REFERENCES shelflife_records (seller, id)
) STRICT;
