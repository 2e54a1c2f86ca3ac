-- How a firm is connected to Clio. Without a row it counts as connected.
CREATE TABLE connection (
    firm         TEXT PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('connected', 'authorisation_lost', 'disconnected')),
    since        INTEGER NOT NULL,
    account_id   INTEGER,
    account_name TEXT,
    person_id    INTEGER,
    person_name  TEXT,
    person_email TEXT
) STRICT, WITHOUT ROWID;

-- How a flow is doing: one row, whatever its number of runs. Without a row it is switched on.
CREATE TABLE flow (
    firm     TEXT NOT NULL,
    adapter  TEXT NOT NULL,
    flow     TEXT NOT NULL,
    enabled  INTEGER NOT NULL DEFAULT 1,
    failures INTEGER NOT NULL DEFAULT 0,
    fresh    INTEGER,
    -- The last run. All of these, or none.
    began    INTEGER,
    ended    INTEGER,
    outcome  TEXT,
    totals   TEXT,
    again    INTEGER,
    PRIMARY KEY (firm, adapter, flow)
) STRICT, WITHOUT ROWID;

-- What waits for a person is counted often and is little; `intent_open` has the rest that is counted.
CREATE INDEX intent_stuck ON intent (firm, state) WHERE state IN ('REJECTED', 'PARKED');
