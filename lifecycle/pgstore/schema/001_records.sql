-- +goose Up

-- The versions that this database has been through; the highest is the present
-- one. Version 0 is no version: those who migrate lock its row. This table is never
-- changed, so that any release can read it.
CREATE TABLE IF NOT EXISTS shelflife_schema (
    version integer PRIMARY KEY
);

-- One row for each seller. Every Save locks it first and counts its entries in it,
-- so that the numbers of a seller's entries are in the order of the commits.
CREATE TABLE shelflife_sellers (
    seller  text COLLATE "C" PRIMARY KEY,
    entries bigint NOT NULL
);

-- One row for each listing. Texts that may hold any character are bytea: a text
-- cannot hold NUL, and bytes are the same in a database of any encoding. SET
-- bytea_output = 'escape' shows them as text, and state = 'Live' chooses by them.
-- Instants are text in UTC with nine decimals, such as
-- 2026-01-05T09:00:00.000000000Z: it keeps the nanosecond, and sorts as the
-- instants do. All columns but the last are what lists show. The owner is the
-- seller as the record has it: a row that was copied under another seller's key is
-- known by it.
CREATE TABLE shelflife_records (
    seller              text COLLATE "C" NOT NULL,
    id                  uuid    NOT NULL,
    owner               bytea   NOT NULL,
    revision            bigint  NOT NULL CHECK (revision > 0),
    state               bytea   NOT NULL, -- '' is a discarded draft
    name                bytea   NOT NULL,
    title               bytea   NOT NULL,
    kind                bytea   NOT NULL,
    visibility          bytea   NOT NULL,
    creator             bytea   NOT NULL,
    product             bytea   NOT NULL, -- '' before there is one
    created_at          text COLLATE "C" NOT NULL,
    updated_at          text COLLATE "C" NOT NULL,
    request_due         text COLLATE "C", -- NULL, and the rest with it, when nothing is under way
    request_kind        bytea,
    request_phase       bytea,
    request_change_set  bytea,
    request_cancelling  boolean,
    request_recorded_at text COLLATE "C",
    outcome_kind        bytea,
    outcome_result      bytea, -- NULL, and the rest with it, unless the latest request ended without success
    outcome_change_set  bytea,
    outcome_revision    bigint,
    outcome_recorded_at text COLLATE "C",
    head                bytea   NOT NULL,
    PRIMARY KEY (seller, id)
);

-- An entry of an index is limited to about 2,700 bytes, and a text is not: an index
-- has its SHA-256.

-- A product belongs to one listing of a seller.
CREATE UNIQUE INDEX shelflife_records_product
    ON shelflife_records (seller, sha256(product)) WHERE product <> '';

CREATE INDEX shelflife_records_name
    ON shelflife_records (seller, sha256(name), id) WHERE name <> '';

CREATE INDEX shelflife_records_title
    ON shelflife_records (seller, sha256(title), id);

CREATE INDEX shelflife_records_state
    ON shelflife_records (seller, sha256(state), id);

-- The few records that something is under way for, in the order of a list.
CREATE INDEX shelflife_records_in_flight
    ON shelflife_records (seller, id, request_due) WHERE request_due IS NOT NULL;

-- Those whose latest request ended without success.
CREATE INDEX shelflife_records_unsuccessful
    ON shelflife_records (seller, id) WHERE outcome_result IS NOT NULL;

-- The bodies of versions, as JSON.
CREATE TABLE shelflife_parts (
    seller text COLLATE "C" NOT NULL,
    id     uuid  NOT NULL,
    digest text COLLATE "C" NOT NULL,
    body   bytea NOT NULL,
    PRIMARY KEY (seller, id, digest)
);

-- The journals. seq is the order of saving among the entries of a seller.
CREATE TABLE shelflife_entries (
    seller   text COLLATE "C" NOT NULL,
    seq      bigint NOT NULL,
    id       uuid   NOT NULL,
    revision bigint NOT NULL CHECK (revision > 0),
    entry    bytea  NOT NULL,
    PRIMARY KEY (seller, id, revision)
);

-- The feed of a seller.
CREATE UNIQUE INDEX shelflife_entries_feed ON shelflife_entries (seller, seq);

INSERT INTO shelflife_schema (version) VALUES (1);
