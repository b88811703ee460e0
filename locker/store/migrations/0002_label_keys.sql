-- Labels are compared by the key that all spellings of one label share. The text
-- as announced is in the document.
UPDATE parcels SET label = label_key(label) WHERE label <> label_key(label);
ALTER TABLE parcels RENAME COLUMN label TO label_key;
