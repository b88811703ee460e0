package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"cubby/locker/label"
	"cubby/locker/parcel"
)

// The functions of labels that migrations use.
func registerLabels(d *sqlite.Driver) error {
	if err := d.RegisterDeterministicScalarFunction("label_key", 1, labelKey); err != nil {
		return err
	}
	return d.RegisterDeterministicScalarFunction("label_numbers", 1, labelNumbers)
}

// labelKey is label.Key.
func labelKey(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("a label is stored as %T", args[0])
	}
	return label.Key(text), nil
}

// labelNumbers lists the keys of what a label may stand for besides itself, as a
// JSON array.
func labelNumbers(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("a label is stored as %T", args[0])
	}
	_, others := parcel.KeysOf(text)
	b, err := json.Marshal(append([]string{}, others...))
	return string(b), err
}

// whereLabel restricts a list to the parcels that a label may mean. It is
// written so that each index serves.
func whereLabel(text string) (where string, args []any) {
	keys := label.Keys(text)
	if len(keys) == 0 {
		keys = []string{text} // it can be nobody's
	}
	var parts []string
	for i, key := range keys {
		parts = append(parts, "SELECT id FROM parcels WHERE id = ? AND label_key = id",
			"SELECT id FROM parcels WHERE label_key = ? AND label_key <> id",
			"SELECT parcel FROM spellings WHERE key = ?")
		args = append(args, key, key, key)
		if i > 0 {
			parts[len(parts)-1] += " AND own = 1"
		}
	}
	return "id IN (" + strings.Join(parts, " UNION ") + ")", args
}
