-- The versions that this database has been through; the highest is the present
-- one. This table is never changed, so that any release can read it.
CREATE TABLE shelflife_schema (
    version INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- One row for each listing. Ids are text in their canonical form: it sorts as
-- the bytes do, and a person with a database shell can read it. Instants are
-- text in UTC with nine decimals, such as 2026-01-05T09:00:00.000000000Z: it
-- keeps the nanosecond, sorts as the instants do, and reaches from year 0 to
-- year 9999, as JSON does, where whole nanoseconds in 64 bits end in 2262.
--
-- All columns but the last are what lists show. The head is JSON. It comes last,
-- because SQLite reads a row from its beginning and only as far as it must. The
-- owner is the seller as the record has it: a row that was copied under another
-- seller's key is known by it.
CREATE TABLE shelflife_records (
    seller              TEXT    NOT NULL,
    id                  TEXT    NOT NULL CHECK (id GLOB '????????-????-????-????-????????????'
                                            AND replace(id, '-', '') NOT GLOB '*[^0-9a-f]*' AND length(replace(id, '-', '')) = 32),
    owner               TEXT    NOT NULL,
    revision            INTEGER NOT NULL CHECK (revision > 0),
    state               TEXT    NOT NULL, -- '' is a discarded draft
    name                TEXT    NOT NULL,
    title               TEXT    NOT NULL,
    kind                TEXT    NOT NULL,
    visibility          TEXT    NOT NULL,
    creator             TEXT    NOT NULL,
    product             TEXT    NOT NULL, -- '' before there is one
    created_at          TEXT    NOT NULL,
    updated_at          TEXT    NOT NULL,
    request_due         TEXT, -- NULL, and the rest with it, when nothing is under way
    request_kind        TEXT,
    request_phase       TEXT,
    request_change_set  TEXT,
    request_cancelling  INTEGER,
    request_recorded_at TEXT,
    outcome_kind        TEXT,
    outcome_result      TEXT, -- NULL, and the rest with it, unless the latest request ended without success
    outcome_change_set  TEXT,
    outcome_revision    INTEGER,
    outcome_recorded_at TEXT,
    head                TEXT    NOT NULL,
    PRIMARY KEY (seller, id)
) STRICT;

-- A product belongs to one listing of a seller.
CREATE UNIQUE INDEX shelflife_records_product
    ON shelflife_records (seller, product) WHERE product <> '';

CREATE INDEX shelflife_records_name
    ON shelflife_records (seller, name, id) WHERE name <> '';

CREATE INDEX shelflife_records_title
    ON shelflife_records (seller, title, id);

CREATE INDEX shelflife_records_state
    ON shelflife_records (seller, state, id);

-- The few records that something is under way for, in the order of a list, with
-- the instant at which they are due.
CREATE INDEX shelflife_records_in_flight
    ON shelflife_records (seller, id, request_due) WHERE request_due IS NOT NULL;

-- Those whose latest request ended without success.
CREATE INDEX shelflife_records_unsuccessful
    ON shelflife_records (seller, id) WHERE outcome_result IS NOT NULL;

-- The bodies of versions, as JSON.
CREATE TABLE shelflife_parts (
    seller TEXT NOT NULL,
    id     TEXT NOT NULL,
    digest TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (seller, id, digest),
    FOREIGN KEY (seller, id) REFERENCES shelflife_records (seller, id)
) STRICT;

-- The journals. seq is the order of saving among the entries of a seller, without
-- gaps: it tells nothing of others. SQLite lets one writer in at a time, from the first
-- statement of its transaction to the last, so a number that others can see has no
-- smaller one coming after it. Entries are never removed, so that no number comes again.
CREATE TABLE shelflife_entries (
    seller   TEXT    NOT NULL,
    seq      INTEGER NOT NULL CHECK (seq > 0),
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL CHECK (revision > 0),
    entry    TEXT    NOT NULL,
    UNIQUE (seller, id, revision),
    FOREIGN KEY (seller, id) REFERENCES shelflife_records (seller, id)
) STRICT;

-- The feed of a seller.
CREATE UNIQUE INDEX shelflife_entries_feed ON shelflife_entries (seller, seq);
