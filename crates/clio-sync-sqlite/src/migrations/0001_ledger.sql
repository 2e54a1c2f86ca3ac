-- Times are milliseconds since 1970 by the store's clock. Ids are texts, because other systems' are. Where an order
-- matters it is that of `seq`: many rows are made in one millisecond, and a clock may be set back.

CREATE TABLE lease (
    firm   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch  INTEGER NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
    firm    TEXT NOT NULL,
    adapter TEXT NOT NULL,
    flow    TEXT NOT NULL,
    state   TEXT NOT NULL,
    PRIMARY KEY (firm, adapter, flow)
) STRICT, WITHOUT ROWID;

-- What was seen of each source record last. A record that is read again at the same version writes nothing.
CREATE TABLE mirror (
    firm      TEXT NOT NULL,
    adapter   TEXT NOT NULL,
    flow      TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version   TEXT NOT NULL,
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (firm, adapter, flow, source_id)
) STRICT, WITHOUT ROWID;

-- The inventory: which record there belongs to which record here. Never purged.
CREATE TABLE link (
    id           INTEGER PRIMARY KEY,
    firm         TEXT NOT NULL,
    adapter      TEXT NOT NULL,
    source_kind  TEXT NOT NULL,
    source_id    TEXT NOT NULL,
    target_kind  TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    planned_hash TEXT NOT NULL,
    remote_id    TEXT,
    etag         TEXT,
    UNIQUE (firm, adapter, source_kind, source_id, target_kind)
) STRICT;

CREATE UNIQUE INDEX link_remote ON link (firm, target_kind, remote_id) WHERE remote_id IS NOT NULL;

-- The ledger of writes. Keys are never purged.
CREATE TABLE intent (
    seq         INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,
    link        INTEGER NOT NULL REFERENCES link (id),
    firm        TEXT NOT NULL,
    adapter     TEXT NOT NULL,
    flow        TEXT NOT NULL,
    source_id   TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    effect      TEXT NOT NULL,
    generation  INTEGER NOT NULL,
    write       TEXT NOT NULL,
    state       TEXT NOT NULL
                CHECK (state IN ('PLANNED', 'SENDING', 'UNCERTAIN', 'CONFIRMED', 'REJECTED', 'PARKED')),
    attempt     INTEGER NOT NULL DEFAULT 0,
    looks       INTEGER NOT NULL DEFAULT 0,
    epoch       INTEGER,
    send_by     INTEGER,
    not_before  INTEGER,
    floor       INTEGER,
    remote_id   TEXT,
    reason      TEXT,
    acknowledge INTEGER NOT NULL,
    planned_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX intent_open ON intent (firm, target_kind, state, seq)
    WHERE state IN ('PLANNED', 'SENDING', 'UNCERTAIN');
CREATE INDEX intent_link ON intent (link, seq);

-- Every attempt to send, for the person who has to look into a parked intent.
CREATE TABLE attempt (
    intent   INTEGER NOT NULL REFERENCES intent (seq),
    number   INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome  TEXT
) STRICT;

CREATE INDEX attempt_intent ON attempt (intent, number);

CREATE TABLE acknowledgement (
    seq        INTEGER PRIMARY KEY,
    firm       TEXT NOT NULL,
    adapter    TEXT NOT NULL,
    flow       TEXT NOT NULL,
    source_id  TEXT NOT NULL,
    resolution TEXT NOT NULL,
    told       INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (firm, adapter, flow, source_id)
) STRICT;

CREATE INDEX acknowledgement_due ON acknowledgement (firm, adapter, flow, seq) WHERE told = 0;

CREATE TABLE dead_letter (
    seq       INTEGER PRIMARY KEY,
    firm      TEXT NOT NULL,
    adapter   TEXT NOT NULL,
    flow      TEXT NOT NULL,
    source_id TEXT NOT NULL,
    reason    TEXT NOT NULL,
    path      TEXT,
    since     INTEGER NOT NULL,
    UNIQUE (firm, adapter, flow, source_id)
) STRICT;

-- Fields that this firm's target was seen to change on writing: a look cannot compare them.
CREATE TABLE lossy (
    firm        TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    field       TEXT NOT NULL,
    PRIMARY KEY (firm, target_kind, field)
) STRICT, WITHOUT ROWID;
