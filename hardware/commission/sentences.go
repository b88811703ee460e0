package commission

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/locker/door/commissioning"
)

// Every sentence has a name, so that a touchscreen can say it in another
// language. Sentences returns the names with the English text; what stands in
// braces is filled from a Message's data, {List} from its parts.
func Sentences() map[string]string {
	all := make(map[string]string, len(sentences))
	for id, text := range sentences {
		all[id] = text
	}
	return all
}

var sentences = map[string]string{
	// Beginning.
	"begin": "The lines are asked who is there, and locks are driven, one at a time and only when you say " +
		"so. Nobody is served until it is over.",
	"begin.ok": "Begin",
	"inside": "A parcel lies behind door {Door} ({Done} of {Count}). Its door is not opened and keeps its " +
		"lock. Is it closed?",
	"inside.ok":      "It is closed",
	"stop":           "Stop; nothing is changed",
	"not_a_choice":   "Answer with one of the choices.",
	"asking":         "Asking all lines who is there.",
	"found.problem":  "{Port}: {List}",
	"found.adapters": "The USB adapters cannot be listed: {List}",
	"found.junk": "{Port}: {Count} bytes came that no lock board sends: it is another device, another speed, or " +
		"A and B of the cable are exchanged",
	"found.nobody": "{Port}: no lock board answers",
	"found.boards": "{Port}: {Dialect} at {Baud} baud, boards {List}",
	"found.echo":   "{Port}: {Dialect} at {Baud} baud, boards {List}; the adapter hears itself, which is allowed for",
	"found.board":  "{Board} ({Locks} locks)",
	"garbled": "Board {Board} on {Port} answers with garbage in between: look for a second board with its " +
		"address, or a missing terminator.",
	"missing": "Board {Board} of line {Line} is in the configuration and does not answer: look at its supply, " +
		"its address and its cable, and look again.",
	"line_gone":  "Line {Line} has failed: {List}. Look at its cable and adapter, and close all doors.",
	"lines.none": "No lock board was found. Check supply and cables.",
	"lines.no_port": "No port is known: the configuration names none, and no USB adapter is plugged in. Plug the " +
		"adapter in and look again, or type the port.",
	"lines":       "Lock boards were found on {Lines} of {Count} ports. Are these all?",
	"lines.ok":    "Go on with these",
	"lines.again": "Look again",
	"no_port":     "{Text} is no port: a path, usb-path:3-1.2 or tcp://host:port",
	"no_line":     "no line has a lock board: look again",

	// One board.
	"not_all":    "The boards do not answer all the time: look at supply and cables.",
	"restless":   "The contacts do not come to rest: close all doors and look at the cables of the contacts.",
	"none_since": "The boards have not answered since the pulse: look at their supply.",
	"hot": "Lock {Lock} was driven {Count} times in half a minute: let it cool for half a minute, or " +
		"take another.",
	"close":       "Close every door of board {Board} on line {Line} ({Port}, {Dialect}).",
	"close.ok":    "They are closed",
	"skip_board":  "Leave this board as it is",
	"reading":     "Reading the contacts.",
	"failed":      "It did not work: {List}",
	"not_driven":  "The lock is not driven, because the station's log cannot be written: {List}",
	"not_proven":  "Board {Board} on line {Line} was not proven: its options are taken as they were.",
	"all_parcels": "Every door of board {Board} may keep a parcel, so none is opened and the board stays as it was.",
	"pulse": "Lock {Lock} of board {Board} on line {Line} will be driven once. Stand in front of the wall " +
		"and watch which door opens.",
	"pulse.drive":   "Drive lock {Lock}",
	"pulse.other":   "Take another lock",
	"no_lock":       "{Text} is no lock of this board: 1 to {Count}",
	"parcel_near":   "door {Door} keeps a parcel and might open: take another lock, or take the parcel out first",
	"driving":       "Driving lock {Lock}.",
	"moved":         "Which door has opened?",
	"moved.none":    "No door opened",
	"moved.several": "More than one opened",
	"changed":       "Contact {Lock} of board {Board} changed.",
	"no_change":     "No contact changed.",
	"several": "One lock was driven and several doors opened: do not use this wall before its wiring is put " +
		"right. Close them.",
	"no_number": "{Text} is no door number: type what is painted on the door, 1 to 8 letters and digits, with " +
		"hyphens between them",
	"strange_door": "there is no door {Door} on this wall. If that is what is painted on the door that opened, give " +
		"the same answer again",
	"other_byte": "Lock 1 opened and lock {Lock} did not: the board is taken to have its lock in byte {Byte} of a " +
		"request (lock_byte). Drive lock {Lock} again to prove it, or leave the board.",
	"stuck":   "A contact changed and no door opened: a door may be stuck. Close everything and try another lock.",
	"nothing": "Nothing happened: no lock is connected there, or it has no supply. Try another lock.",

	// What an opening teaches.
	"no_sensor_cable": "The door moved and no contact changed: the sensor cable is off, the lock has none, or the " +
		"board was taken for one with fewer locks.",
	"many_changed": "{Count} contacts changed at once: the supply may be too weak for the lock, or another door " +
		"was moved. Close all doors and try again.",
	"byte_learned": "Lock {Lock} of board {Board} opened instead: the boards have the lock in byte {Byte} of a " +
		"request (lock_byte). Close the door; the lock is driven again to prove it.",
	"other_board": "The contact that changed is on board {Board}: either the locks of the two boards are mixed " +
		"up, or the number of the lock has another place in the request.",
	"other_contact": "Lock {Lock} was driven and contact {Contact} changed: the cable of the contacts is plugged in " +
		"at another place than that of the lock. Put it right and try again.",
	"usual":        "Learned: the contacts are wired as usual.",
	"inverted":     "Learned: the contacts are wired the other way round (invert_hook).",
	"first_locks":  "Learned: a summary begins with the first locks (bitmap_order).",
	"last_locks":   "Learned: a summary begins with the last locks (bitmap_order).",
	"first_number": "Learned: the board numbers its locks from {Number} (first_lock).",

	// Sensors and the latch.
	"hand":             "Hold a hand or a bag inside door {Door}, where a parcel would lie.",
	"hand.ok":          "Something is held inside",
	"hand.skip":        "There are no sensors inside",
	"reading_sensors":  "Reading the sensors.",
	"no_sensor":        "No sensor noticed it: the board is taken to have none.",
	"sensors":          "Learned: there are sensors inside (presence).",
	"sensors_inverted": "Learned: there are sensors inside (presence), wired the other way round (invert_presence).",
	"shut":             "Take everything out and close door {Door}.",
	"shut.ok":          "It is closed",
	"shut.skip":        "It cannot be closed now",
	"not_seen_close":   "Nobody saw door {Door} close: have its latch looked at.",
	"still_open":       "The contact of door {Door} still says open: press it until the latch catches.",
	"second_lock": "One more lock has to be driven: only a second one shows where the board reads the lock " +
		"in a request.",

	// The wall.
	"wall":           "Which doors are there? Write the wall as it stands before you.",
	"wall.keep":      "The wall is as the configuration has it",
	"wall.draw":      "Draw the wall on the touchscreen",
	"wall_differs":   "The wall of the configuration does not fit any more: {List}.",
	"no_doors":       "it has no door",
	"lock_not_found": "door {Door} is on lock {Lock}, which was not found",
	"seen_elsewhere": "door {Door} was seen to open on lock {Lock}, and no door is given that lock: write " +
		"{Door}:SIZE@{Lock}",
	"seen_other": "lock {Lock} opened door {Door}, not door {Other}: write {Door}:{Size}@{Lock}",
	"parcel_stays": "door {Door} keeps a parcel and has to stay on lock {Lock}: write {Door}:{Size}@{Lock}, or " +
		"take the parcel out first",
	"no_lock_left": "there is no lock left for door {Door}: {Count} were found",
	"draw": "{Count} doors in {Columns} columns; {Locks} locks were found. Change the wall until it looks " +
		"like the one before you.",
	"draw.ok":       "It looks like this",
	"draw.back":     "Back",
	"draw.number":   "Which number is painted on the door that is called {Door} now? The doors below it count on.",
	"door_twice":    "door {Door} is there twice",
	"no_door_drawn": "there is no door on the wall yet",
	"too_many":      "A wall has 1 to 40 columns with 1 to 40 doors each.",
	"size.width":    "How wide is size {Size} inside, in millimetres?",
	"size.height":   "How high is size {Size} inside, in millimetres?",
	"size.depth":    "How deep is size {Size} inside, in millimetres?",
	"no_length":     "{Text} is no length: 50 to 2000 millimetres",

	// The walk.
	"walk": "{Count} doors are not proven yet. Close every door. Shall door {Door} ({Lock}) be opened, to " +
		"see that it is the right one?",
	"walk.open":   "Open door {Door}",
	"walk.skip":   "Leave door {Door} out",
	"walk.enough": "Prove no more doors",
	"opening":     "Opening door {Door}.",
	"other_changed": "Other contacts changed than that of lock {Lock}: its cable is plugged in at another place " +
		"than the lock's.",
	"walked":       "Did door {Door} open? If it was another, which?",
	"walked.yes":   "Door {Door} opened",
	"did_not_open": "Door {Door} did not open: have its lock looked at. It stays where the plan has it.",
	"not_said":     "Door {Door} opened and its contact did not say so: it is not proven.",
	"no_such_door": "there is no door {Door} on this wall",
	"seen_before":  "door {Door} was seen to open on lock {Lock} before: look again which door is open",
	"parcel_opened": "door {Door} keeps a parcel and was not to be opened. If it is really open, close it and give " +
		"the same answer again",
	"changed_places": "Doors {Door} and {Other} have changed their locks.",

	// The end.
	"board":             "Line {Line}: board {Board} with {Locks} locks, {List}",
	"board.inverted":    "contacts the other way round",
	"board.sensors":     "sensors inside",
	"board.sensors_inv": "sensors the other way round",
	"board.low_first":   "summary begins with the first locks",
	"board.byte_1":      "lock in byte 1",
	"board.from_zero":   "first lock is number 0",
	"board.each":        "every lock asked by itself",
	"board.unproven":    "not proven",
	"board.usual":       "wired as usual",
	"proven":            "{Count} doors, {Seen} of them seen to open on their lock.",
	"write":             "Shall the configuration be written? The old one is kept beside it.",
	"write.ok":          "Write the configuration",
	"writing":           "Writing the configuration.",
	"not_written":       "It could not be written: {List}",
	"done.written":      "The new configuration is written. The station starts with it.",
	"done.unchanged":    "Nothing was changed.",

	// Why a file or a port failed; at a terminal the system says it.
	"why.busy":      "another program has the port open",
	"why.forbidden": "the user of the core may not use it",
	"why.missing":   "it is not there, or not plugged in",
	"why.ambiguous": "it fits more than one adapter",
	"why.wedged":    "it takes no bytes: unplug the adapter and plug it in again",
	"why.no_room":   "the disk is full",
	"why.no_right":  "the user of the core may not write there",
	"why.other":     "{Why}",

	// What should not have happened.
	"parcel_to_check": "Door {Door} keeps a parcel and was opened by the lock of another: the wiring is not as the " +
		"configuration has it. The parcel is to be checked. Take all parcels out before you commission again.",
}

// A sentence is said by name and in English. It is an error, too: an answer is
// refused with one.
type sentence struct {
	commissioning.Message
	text string
}

func (s sentence) Error() string { return s.text }

// Named returns the name of the sentence with which an answer was refused;
// false when it has none.
func Named(err error) (commissioning.Message, bool) {
	s, ok := err.(sentence)
	return s.Message, ok
}

// because says why a file or a port failed, where that can be said in another
// language; the rest is the system's own words.
func because(err error) []sentence {
	for _, known := range []struct {
		err error
		id  string
	}{
		{line.ErrBusy, "why.busy"}, {line.ErrForbidden, "why.forbidden"}, {line.ErrWedged, "why.wedged"},
		{device.ErrMissing, "why.missing"}, {fs.ErrNotExist, "why.missing"}, {device.ErrAmbiguous, "why.ambiguous"},
		{syscall.ENOSPC, "why.no_room"}, {fs.ErrPermission, "why.no_right"}, {syscall.EROFS, "why.no_right"},
	} {
		if errors.Is(err, known.err) {
			return []sentence{{commissioning.Message{ID: known.id}, err.Error()}}
		}
	}
	return []sentence{say("why.other", "Why", err)}
}

// say fills a sentence; pairs are names and values of its data. A list of
// sentences as a value makes its parts.
func say(id string, pairs ...any) sentence {
	s := sentence{commissioning.Message{ID: id}, sentences[id]}
	for i := 0; i < len(pairs); i += 2 {
		name, value := pairs[i].(string), fmt.Sprint(pairs[i+1])
		if list, ok := pairs[i+1].([]sentence); ok {
			var texts []string
			for _, part := range list {
				s.Parts = append(s.Parts, part.Message)
				texts = append(texts, part.text)
			}
			value = strings.Join(texts, ", ")
		} else {
			if s.Data == nil {
				s.Data = map[string]string{}
			}
			s.Data[name] = value
		}
		s.text = strings.ReplaceAll(s.text, "{"+name+"}", value)
	}
	return s
}

// An offer is a choice with the sentence on its button.
func offer(answer, id string, pairs ...any) commissioning.Choice {
	s := say(id, pairs...)
	return commissioning.Choice{Answer: answer, Text: s.text, Label: s.Message}
}
