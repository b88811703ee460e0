package assets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Merge makes one go-i18n file out of the files of a language, named by room.
func Merge(tag string, rooms map[string][]byte) ([]byte, error) {
	if len(rooms) == 0 {
		return nil, fmt.Errorf("assets: no translation %q is built into this program", tag)
	}
	all, owner := map[string]json.RawMessage{}, map[string]string{}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		err := members(rooms[room], func(id string, text json.RawMessage) error {
			if before, twice := owner[id]; twice {
				return fmt.Errorf("the message %s is there twice, in %s and in %s; remove one", id, before, room)
			}
			all[id], owner[id] = text, room
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("assets: lang/%s/%s.json: %w", tag, room, err)
		}
	}
	return json.Marshal(all)
}

// members visits the members of a JSON object in their order, those of the same
// name too, of which json.Unmarshal would keep the last.
func members(object []byte, visit func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return fmt.Errorf("not a JSON object (%v)", err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := visit(name.(string), value); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}
