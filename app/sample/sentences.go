package sample

import (
	"maps"
	"slices"

	"cubby/locker/view"
)

// facts fill the gaps of any sentence that is told or refuses an answer.
var facts = map[string]string{
	"Port": "usb-path:3-1.2", "Why": "permission denied: add the user to the group dialout", "Count": "3",
	"Dialect": "kerong-cu16", "Baud": "19200",
	"Board": "2", "Line": "main", "Lock": "5", "Door": "14", "Other": "22", "Byte": "1", "Contact": "9",
	"Number": "0", "Size": "M", "Text": "\"0\"",
	"Locks": "16", "Seen": "1",
}

func fact(id string) view.Message {
	m := view.Message{ID: id, Data: maps.Clone(facts)}
	if slices.Contains(
		[]string{"found.problem", "found.adapters", "line_gone", "failed", "not_driven", "not_written"},
		id,
	) {
		return list(m, fact("why.other"))
	}
	return m
}

// reasons are why a file or a port fails.
var reasons = []string{
	"why.busy",
	"why.forbidden",
	"why.missing",
	"why.ambiguous",
	"why.wedged",
	"why.no_room",
	"why.no_right",
}

// notes is all that commissioning may tell, refusals all that it may answer.
var (
	notes = []string{
		"found.problem", "found.adapters", "found.junk", "found.nobody", "garbled", "not_proven",
		"all_parcels", "failed", "not_driven", "changed", "no_change", "several", "other_byte",
		"stuck", "nothing", "no_sensor_cable", "many_changed", "byte_learned", "other_board", "other_contact",
		"usual", "inverted", "first_locks",
		"last_locks", "first_number", "no_sensor", "sensors", "sensors_inverted", "not_seen_close",
		"still_open", "second_lock", "other_changed",
		"did_not_open", "not_said", "changed_places", "proven", "not_written", "missing", "line_gone",
		"not_all", "restless", "none_since", "hot",
	}
	refusals = []string{
		"not_a_choice", "no_port", "no_line", "no_lock", "parcel_near", "no_number", "seen_elsewhere",
		"seen_other", "parcel_stays", "no_lock_left",
		"door_twice", "no_door_drawn", "too_many", "no_length", "no_such_door", "seen_before",
		"parcel_opened", "strange_door", "",
	}
)
