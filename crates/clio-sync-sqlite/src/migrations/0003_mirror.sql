-- Copies of records, for flows that keep them. They stand apart from what was seen of each record: rows of one size in the
-- order in which they came are what SQLite appends fastest.
CREATE TABLE mirror_text (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- The copy of this record; null for the flows that keep none.
ALTER TABLE mirror ADD COLUMN text INTEGER;

-- A copy lives no longer than what refers to it.
CREATE TRIGGER mirror_text_replaced AFTER UPDATE OF text ON mirror WHEN old.text IS NOT new.text
BEGIN
    DELETE FROM mirror_text WHERE id = old.text;
END;

CREATE TRIGGER mirror_text_gone AFTER DELETE ON mirror WHEN old.text IS NOT NULL
BEGIN
    DELETE FROM mirror_text WHERE id = old.text;
END;
