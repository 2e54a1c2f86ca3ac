-- Copies of records, for flows that keep them, beside what was seen of each record. A mirror is large: a row has the number
-- of its flow in place of three texts, and rows stand in the order in which they came, which SQLite appends fastest.

CREATE TABLE mirror_flow (
    id      INTEGER PRIMARY KEY,
    firm    TEXT NOT NULL,
    adapter TEXT NOT NULL,
    flow    TEXT NOT NULL,
    UNIQUE (firm, adapter, flow)
) STRICT;

CREATE TABLE mirror_new (
    id        INTEGER PRIMARY KEY,
    flow      INTEGER NOT NULL, -- of mirror_flow
    source_id TEXT NOT NULL,
    version   TEXT NOT NULL,
    seen_at   INTEGER NOT NULL,
    body      TEXT,             -- the copy; null for the flows that keep none
    UNIQUE (flow, source_id)
) STRICT;

INSERT INTO mirror_flow (firm, adapter, flow) SELECT DISTINCT firm, adapter, flow FROM mirror;
INSERT INTO mirror_new (flow, source_id, version, seen_at)
SELECT id, source_id, version, seen_at FROM mirror JOIN mirror_flow USING (firm, adapter, flow);

DROP TABLE mirror;
ALTER TABLE mirror_new RENAME TO mirror;
