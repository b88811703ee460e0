package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// configuration shows what the core goes by, one key to a line.
func (t *tool) configuration(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "config"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	told, err := c.Configuration(ctx)
	if err != nil {
		return err
	}
	return t.table("KEY\tVALUE\tFROM", func(w io.Writer) {
		var lines func(path, key string, value any)
		lines = func(path, key string, value any) {
			switch v := value.(type) {
			case map[string]any:
				for _, name := range slices.Sorted(maps.Keys(v)) {
					lines(dotted(path, name), dotted(key, name), v[name])
				}
				return
			case []any:
				if tables(v) {
					for i, one := range v {
						lines(fmt.Sprintf("%s[%d]", path, i), key, one)
					}
					return
				}
			}
			from := "default"
			if slices.Contains(told.FromFile, key) {
				from = "file"
			}
			if now, ok := told.FromCentre[key]; ok {
				value, from = now, "centre"
			}
			text, _ := json.Marshal(value)
			fmt.Fprintf(w, "%s\t%s\t%s\n", path, text, from)
		}
		lines("", "", told.Values)
		if shops, ok := told.FromCentre["returns.rules"]; ok {
			text, _ := json.Marshal(shops)
			fmt.Fprintf(w, "returns.rules\t%s\tcentre\n", text)
		}
	})
}

func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// tables reports whether a list is one of tables.
func tables(list []any) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(one any) bool {
		_, is := one.(map[string]any)
		return !is
	})
}
