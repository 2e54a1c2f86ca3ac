-- Changes and deletions, conflicts, plans, what a person decides, and a store that was restored.

-- SQLite cannot change a CHECK, so the table is made anew. Foreign keys are off meanwhile.
CREATE TABLE intent_new (
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
    state       TEXT NOT NULL CHECK (state IN
                ('PLANNED', 'SENDING', 'UNCERTAIN', 'CONFIRMED', 'REJECTED', 'PARKED', 'WAIVED')),
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
    changed_at  INTEGER NOT NULL,
    conflict    TEXT,     -- what others changed, as JSON
    audit_at    INTEGER   -- when to look for a double
) STRICT;

INSERT INTO intent_new (seq, key, link, firm, adapter, flow, source_id, target_kind, effect, generation, write, state,
                        attempt, looks, epoch, send_by, not_before, floor, remote_id, reason, acknowledge, planned_at,
                        changed_at)
SELECT seq, key, link, firm, adapter, flow, source_id, target_kind, effect, generation, write, state,
       attempt, looks, epoch, send_by, not_before, floor, remote_id, reason, acknowledge, planned_at, changed_at
FROM intent;

DROP TABLE intent;
ALTER TABLE intent_new RENAME TO intent;

CREATE INDEX intent_open ON intent (firm, target_kind, state, seq)
    WHERE state IN ('PLANNED', 'SENDING', 'UNCERTAIN');
CREATE INDEX intent_link ON intent (link, seq);
CREATE INDEX intent_audit ON intent (firm, audit_at) WHERE audit_at IS NOT NULL;

-- The fields that we wrote last; whether the record is deleted, by us or by others; how many sweeps have missed it.
ALTER TABLE link ADD COLUMN written TEXT;
ALTER TABLE link ADD COLUMN tombstone TEXT CHECK (tombstone IN ('ours', 'theirs'));
ALTER TABLE link ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;

UPDATE link SET written = (
    SELECT json_extract(intent.write, '$.content') FROM intent
    WHERE intent.link = link.id AND intent.state = 'CONFIRMED' ORDER BY intent.seq DESC LIMIT 1);

-- Before `until` the store may not know what was written: since `since`, or since ever.
CREATE TABLE recovery (
    firm  TEXT PRIMARY KEY,
    since INTEGER,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Dead letters that a person put away: not to come back at this version.
CREATE TABLE discarded (
    firm      TEXT NOT NULL,
    adapter   TEXT NOT NULL,
    flow      TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version   TEXT NOT NULL,
    PRIMARY KEY (firm, adapter, flow, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (
    firm    TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (firm, id)
) STRICT, WITHOUT ROWID;
