package config

import (
	"maps"
	"path/filepath"
	"slices"
)

// What a rewiring makes of the tables that were there. Keys it does not know
// stay where they are.

func sizesOf(old []map[string]any, fresh []Size) []map[string]any {
	all := slices.Clone(old)
	for _, s := range fresh {
		t := map[string]any{
			"name": s.Name, "width_mm": int64(s.WidthMM), "height_mm": int64(s.HeightMM), "depth_mm": int64(s.DepthMM),
		}
		if i := named(all, "name", s.Name); i >= 0 {
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	return all
}

func columnsOf(old []map[string]any, fresh []Column, doors []Door) []map[string]any {
	known := map[string]map[string]any{} // a door's other keys, by its number
	for _, c := range old {
		for _, d := range doorTables(c["doors"]) {
			if number, ok := d["number"].(string); ok {
				known[number] = d
			}
		}
	}
	place := func(d map[string]any, number string) map[string]any {
		d = maps.Clone(d)
		if i := slices.IndexFunc(doors, func(x Door) bool { return x.Number == number }); i >= 0 {
			d["bus"], d["board"], d["lock"] = doors[i].Bus, int64(doors[i].Board), int64(doors[i].Lock)
		}
		return d
	}
	var all []map[string]any
	if fresh == nil {
		for _, c := range old {
			c = maps.Clone(c)
			var inner []map[string]any
			for _, d := range doorTables(c["doors"]) {
				number, _ := d["number"].(string)
				inner = append(inner, place(d, number))
			}
			c["doors"] = inner
			all = append(all, c)
		}
		return all
	}
	for i, column := range fresh {
		c := map[string]any{}
		if i < len(old) && old[i]["width_mm"] != nil {
			c["width_mm"] = old[i]["width_mm"]
		} else if len(column.Doors) == 0 {
			c["width_mm"] = int64(bareColumnMM)
		}
		var inner []map[string]any
		for _, d := range column.Doors {
			t := maps.Clone(known[d.Number])
			if t == nil {
				t = map[string]any{}
			}
			t["number"], t["size"] = d.Number, d.Size
			inner = append(inner, place(t, d.Number))
		}
		c["doors"] = inner
		all = append(all, c)
	}
	return all
}

// doorTables reads the doors of a column, which the parser gives as a plain
// list when they are written in one.
func doorTables(value any) (all []map[string]any) {
	switch list := value.(type) {
	case []map[string]any:
		return list
	case []any:
		for _, x := range list {
			if t, ok := x.(map[string]any); ok {
				all = append(all, t)
			}
		}
	}
	return all
}

func busesOf(folder string, old []map[string]any, fresh []Bus) (all []map[string]any) {
	for _, b := range fresh {
		t := map[string]any{}
		var boards []map[string]any
		if i := named(old, "name", b.Name); i >= 0 {
			t = maps.Clone(old[i])
			boards = tables(t["board"])
		}
		if before, ok := t["port"].(string); !ok || before != b.Port && filepath.Join(folder, before) != b.Port {
			t["port"] = b.Port // a relative path that still says the same stays
		}
		t["name"], t["dialect"], t["baud"] = b.Name, b.Dialect, int64(b.Baud)
		var inner []map[string]any
		for _, board := range b.Boards {
			inner = append(inner, boardTable(boards, board))
		}
		t["board"] = inner
		all = append(all, t)
	}
	return all
}

// boardTable sets what was learned; what is as usual need not be written.
func boardTable(old []map[string]any, b Board) map[string]any {
	t := map[string]any{}
	for _, o := range old {
		if o["address"] == int64(b.Address) {
			t = maps.Clone(o)
		}
	}
	t["address"] = int64(b.Address)
	set := func(key string, value any, usual bool) {
		if usual {
			delete(t, key)
		} else {
			t[key] = value
		}
	}
	set("channels", int64(b.Channels), b.Channels == 0)
	set("invert_hook", b.InvertHook, !b.InvertHook)
	set("presence", b.Presence, !b.Presence)
	set("invert_presence", b.InvertPresence, !b.InvertPresence)
	set("bitmap_order", b.BitmapOrder, b.BitmapOrder == "" || b.BitmapOrder == "high-first")
	set("lock_byte", int64(b.LockByte), b.LockByte == 0 || b.LockByte == 2)
	set("first_lock", int64(b.FirstLock), b.FirstLock == 1)
	set("query", b.Query, b.Query == "" || b.Query == "all")
	return t
}

// named finds the table whose key has the value.
func named(all []map[string]any, key, value string) int {
	return slices.IndexFunc(all, func(t map[string]any) bool { return t[key] == value })
}
