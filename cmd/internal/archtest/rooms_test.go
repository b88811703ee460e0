package archtest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// mayKnow says which packages of the domain a room may import beside ledger, view, door
// and label, which hold words and the kernel; each with the reason. Nothing below
// locker that is pure may import what is not here. The table stands in
// docs/architecture.md, too.
var mayKnow = map[string]map[string]string{
	"plain": {},
	"money": {},
	"paper": {},
	"wall":  {},
	"visit": {
		"wall":     "a visit waits for doors, and says what is open",
		"calendar": "deadlines go by it, in every room",
	},
	"people": {
		"visit": "its commands are decided by the rules all rooms share",
		"plain": "names are texts from outside",
	},
	"parcel": {
		"visit":      "it brings pages, and purposes of doors",
		"wall":       "a parcel lies behind a door",
		"customers":  "a member's own code leads to their parcels",
		"people":     "a courier brings it",
		"plain":      "an announcement holds texts from outside",
		"calendar":   "only the hours in which the station can be reached count",
		"money":      "more time may have a price",
		"appendjson": "its rows and announcements are written by hand, for speed",
	},
	"upkeep": {
		"visit":  "its commands are decided by the rules all rooms share",
		"wall":   "it is about doors; whoever has something behind one is asked through the rules",
		"people": "the role of who does it has to allow it",
	},
	"story": {
		"people": "who did something is told by name",
	},
	"desk": {
		"visit":  "it brings pages, and a purpose of doors",
		"wall":   "staff look behind doors",
		"people": "who is signed in, and what the role allows",

		"customers": "staff see, withdraw and erase what is kept of a customer who asks for it",

		"parcel": "what staff find is settled by the rules of parcels",
		"upkeep": "doors are given back and withdrawn by its commands",
		"care":   "cases are in the queue, and closed at the desk",
		"health": "the queue says how much something matters as devices do",
		"plain":  "names and reasons are texts from outside",

		"orders":  "what comes back at the counter is found by its order",
		"returns": "what staff do with what comes back is settled by the rules of returns",
		"shop":    "staff fetch what was bought, take money for it and hand it over",
		"stock":   "staff are told where the things that were bought lie",
	},
	"returns": {
		"money":  "what is paid back is shared without losing a cent",
		"orders": "what comes back was bought",
		"paper":  "receipts and labels say what came back",
		"parcel": "a bag of a return is a parcel, and so is the new item of an exchange",
		"people": "who does it, and what the role allows",
		"plain":  "reasons and notes are texts from outside",
		"stock":  "what is graded counts somewhere",
		"visit":  "it brings pages, and a purpose of doors",
		"wall":   "what comes back lies behind doors",
	},
	"health": {
		"wall": "it says how doors are",
	},
	"remote": {
		"centre": "a command is for the station that the centre knows",
		"parcel": "what is being brought, taken or held is left alone",
		"people": "what it does is done in the name of the centre",
		"visit":  "it brings a purpose of doors, and nobody is disturbed",
		"wall":   "it opens doors, and takes them out of service",
	},
	"members": {
		"visit":     "it brings pages",
		"customers": "it shows their records, and changes them by their commands",
		"parcel":    "a member is known by the code of a parcel too, and collects parcels",
	},
	"bearer": {
		"members": "what is known of the bearer has pages of its own",
		"visit":   "it brings pages",
		"parcel":  "what a bearer does is done by the rules of parcels",
		"wall":    "it says behind which door a parcel is",
	},
	"care": {
		"visit":  "it brings pages",
		"parcel": "what its bearer says of a parcel is settled by the rules of parcels",
		"people": "who closes a case, and what the role allows",
		"plain":  "notes are texts from outside",
	},
	"customers": {
		"visit": "its commands are decided by the rules all rooms share",
		"plain": "names and versions of texts are texts from outside",
	},
	"centre": {
		"visit": "its commands are decided by the rules all rooms share",
		"plain": "what it has people told is texts from outside",
	},
	"shop": {
		"visit":    "it brings pages, and a purpose of doors",
		"wall":     "goods lie behind doors",
		"stock":    "what is in a cart is held, and what was bought is handed over",
		"parcel":   "what was bought is collected as a parcel",
		"orders":   "what was bought may come back",
		"people":   "who puts goods in, and what the role allows",
		"calendar": "staff fetch in the hours in which they are there",
		"money":    "prices, payments and what is paid back",
		"plain":    "titles and descriptions are texts from outside",
	},
	"stock": {
		"visit": "its commands are decided by the rules all rooms share",
		"plain": "an article's number is a text from outside",
		"wall":  "goods for sale lie behind doors",
	},
	"orders": {
		"money": "prices, tenders and taxes",
		"wall":  "what was bought has measures, as doors have",
		"plain": "an order holds texts from outside",
		"visit": "its commands are decided by the rules all rooms share",
	},
	"calendar": {}, "ledger": {}, "appendjson": {}, "view": {}, "door": {}, "label": {},
}

// words are the packages that every room may import.
var words = []string{"ledger", "view", "door", "label"}

// notPure are the packages of the domain that are no rooms. The package locker itself
// puts all rooms together.
var notPure = []string{"cubby/locker/station", "cubby/locker/store", "cubby/locker/secret"}

func roomOf(path string) string {
	return strings.Split(strings.TrimPrefix(path, "cubby/locker/"), "/")[0]
}

func TestARoomKnowsOnlyTheRoomsItHasAReasonToKnow(t *testing.T) {
	seen := map[string]map[string]bool{}
	for path, p := range packages(t) {
		if !p.ours() || !within(path, "cubby/locker") || anyWithin(path, notPure) || path == "cubby/locker" {
			continue
		}
		from := roomOf(path)
		if mayKnow[from] == nil {
			t.Errorf("room %s is not in the table of rooms", from)
			continue
		}
		if seen[from] == nil {
			seen[from] = map[string]bool{}
		}
		for _, to := range p.Imports {
			if !within(to, "cubby/locker") || roomOf(to) == from || slices.Contains(words, roomOf(to)) {
				continue
			}
			seen[from][roomOf(to)] = true
			if mayKnow[from][roomOf(to)] == "" {
				t.Errorf("%s imports %s, which room %s may not know", path, to, from)
			}
		}
	}
	page, err := os.ReadFile("../../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for from, known := range mayKnow {
		for _, to := range slices.Sorted(maps.Keys(known)) {
			if !seen[from][to] {
				t.Errorf("room %s may know %s and does not: take it out of the table", from, to)
			}
			if line := fmt.Sprintf("| `%s` | `%s` | %s |", from, to,
				known[to]); !strings.Contains(string(page), line) {
				t.Errorf("docs/architecture.md lacks the line\n%s", line)
			}
		}
	}
}
