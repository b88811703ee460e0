// Package protocol holds the words of the line between a station and its centre, as both
// ends write them: what a station pushes, what it pulls, and how both find out that they
// agree. The addresses are below /sync/v1/stations/{station}; docs/sync.md tells the whole.
//
// Everything here is a plain value.
package protocol

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Media types.
const (
	Batch    = "application/cloudevents-batch+json" // what is pushed
	Snapshot = "application/x-ndjson"               // one Change on each line, gzip
)

// Limits of one request.
const (
	MaxBatch   = 100     // facts of a push
	MaxBody    = 4 << 20 // bytes of a push, after unpacking
	MaxChanges = 100     // changes of a page
)

// Headers of a snapshot.
const (
	HeaderCursor = "Cubby-Cursor"          // where the changes go on behind it
	HeaderSHA256 = "Cubby-Snapshot-Sha256" // hexadecimal, of the packed bytes
)

// Collections of changes, as Change.Collection has them.
const (
	Parcels     = "parcels"      // ParcelDoc; deleted: cancelled
	Orders      = "orders"       // the body of PUT /v1/orders/{id}; deleted: cancelled
	Leases      = "leases"       // LeaseDoc, the id is ORDER/LINE
	Came        = "came"         // CameDoc, the id is ORDER/LINE: what has come back at other places
	Returns     = "returns"      // AnswerDoc: the answer to a return that was accepted on condition
	Refunds     = "refunds"      // RefundDoc
	Stock       = "stock"        // StockDoc, the id is the SKU
	StockLeases = "stock_leases" // StockLeaseDoc, the id is the SKU; deleted: what was offered comes no more
	Couriers    = "couriers"     // AccountDoc; deleted: removed
	Staff       = "staff"        // AccountDoc with a role; deleted: removed
	Policies    = "policies"     // PolicyDoc, the id is the shop; deleted: the station's file counts again
	Texts       = "texts"        // TextDoc, the id is the text's name; deleted: none
	Settings    = "settings"     // SettingsDoc, the only id is "station"
	Keys        = "keys"         // KeysDoc, the only id is "list"
	Stations    = "stations"     // StationDoc, the id is that of the station; deleted: it is none any more
	Codes       = "codes"        // CodeDoc, the id is that of the parcel
	Commands    = "commands"     // CommandDoc, the id is that of the command; deleted: it is of no use any more
)

// A Change is the newest state of one thing. A later revision replaces an earlier one
// whole; repeating one changes nothing.
type Change struct {
	Collection string          `json:"collection"`
	ID         string          `json:"id"`
	Rev        int64           `json:"rev"` // grows with every change of this thing
	Deleted    bool            `json:"deleted,omitempty"`
	Doc        json.RawMessage `json:"doc,omitempty"` // absent when deleted
}

// UnmarshalJSON never fails: of a change that cannot be read it keeps what can be, without
// a document, and the station refuses it alone. What stands beside it on a page goes on.
func (c *Change) UnmarshalJSON(text []byte) error {
	type plain Change
	if json.Unmarshal(text, (*plain)(c)) == nil {
		return nil
	}
	*c = Change{}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return nil
	}
	for name, to := range map[string]any{"collection": &c.Collection, "id": &c.ID, "rev": &c.Rev} {
		_ = json.Unmarshal(members[name], to) // what it does not say stays empty
	}
	return nil
}

// The documents of changes. Members that a station does not know are passed over.
type (
	// ParcelDoc is a parcel the centre announces: the body of PUT /v1/parcels/{id}, whether
	// it is held or is to leave, and which client of the centre has announced it. Parcels of one client may
	// be collected with each other's codes, where the station lets a person do so.
	ParcelDoc struct {
		Announcement json.RawMessage `json:"announcement"`
		Held         bool            `json:"held,omitempty"`
		Kind         string          `json:"hold_kind,omitempty"` // customs, fee, identity, shop; empty: no matter
		Reason       string          `json:"reason,omitempty"`
		Client       string          `json:"client,omitempty"`
		Leaving      *LeavingDoc     `json:"leaving,omitempty"` // absent: it stays, for the centre
	}
	// LeavingDoc says that a parcel is collected at another place, or goes back.
	LeavingDoc struct {
		Why    string `json:"why"`               // redirected, recalled
		To     string `json:"to,omitempty"`      // redirected: counter, or the id of a station
		Name   string `json:"to_name,omitempty"` // what people call that station
		Reason string `json:"reason,omitempty"`  // for staff
	}
	// CodeDoc asks for another pickup code of a parcel, or ends the one it has. It is asked
	// for once with each revision.
	CodeDoc struct {
		Revoked bool   `json:"revoked,omitempty"` // nothing opens it; else another code does
		Reason  string `json:"reason,omitempty"`
	}
	// LeaseDoc gives a site the right to take a line back while the centre cannot be asked.
	LeaseDoc struct {
		Site  string    `json:"site"`
		Until time.Time `json:"until"`
	}
	// CameDoc says how many units of a line have come back at other places.
	CameDoc struct {
		Quantity int `json:"quantity"`
	}
	// AnswerDoc agrees to a return or declines it.
	AnswerDoc struct {
		Agreed bool   `json:"agreed"`
		Reason string `json:"reason,omitempty"` // why not
		// Units are how many units of the order's lines were agreed to. Where the return has
		// come to hold more meanwhile, the station refuses, and the centre decides anew.
		Units int `json:"units,omitempty"`
	}
	// RefundDoc is what has become of a refund: completed, failed or approved.
	RefundDoc struct {
		State     string `json:"state"`
		Amount    int64  `json:"amount"` // minor units
		Currency  string `json:"currency"`
		Reference string `json:"reference,omitempty"`
		Detail    string `json:"detail,omitempty"`
	}
	// StockDoc is how many of an article the centre says are on hand at the station.
	StockDoc struct {
		OnHand int `json:"on_hand"`
	}
	// StockLeaseDoc gives the station the right to promise units that lie at the centre. It
	// counts when Confirmed: the centre has heard that the station has answered the offer.
	StockLeaseDoc struct {
		Number    int64     `json:"number"` // of the offer, counted for each station and article
		Units     int64     `json:"units"`
		Until     time.Time `json:"until"`
		Confirmed bool      `json:"confirmed,omitempty"`
	}
	// AccountDoc is a courier or somebody of the staff whom the centre has made. Badge and
	// PIN are in clear: the station keeps hashes of them with its own key.
	AccountDoc struct {
		Name  string `json:"name"`
		Role  string `json:"role,omitempty"` // staff only
		Badge string `json:"badge"`          // what the badge's QR code says
		PIN   string `json:"pin"`
	}
	// PolicyDoc is a shop's rules of returns, as the text of their file.
	PolicyDoc struct {
		TOML string `json:"toml"`
	}
	// TextDoc is a text by language tag.
	TextDoc struct {
		Text map[string]string `json:"text"`
	}
	// KeysDoc is the list of the centre's keys and of the tokens it has taken back, signed
	// with its root key: package locker/secret/token.
	KeysDoc struct {
		Signed []byte `json:"signed"` // base64
	}
	// CommandDoc is a command that is signed with a key of the list: to open a door, to
	// take one out of service, to restart.
	CommandDoc struct {
		Signed []byte `json:"signed"` // base64
	}
	// SettingsDoc is what the console says of the station itself.
	StationDoc struct {
		Name    string `json:"name"`
		Address string `json:"address,omitempty"` // in one line
	}
	SettingsDoc struct {
		Name string `json:"name"`
	}
)

// Enrol is how a station joins: POST /sync/v1/enrol, the only request without a key.
type Enrol struct {
	Code string `json:"code"`
	// Station is the id the station has here already, when it wants another key; empty:
	// it joins. The invitation has to be of that station, and is not used up otherwise.
	Station string `json:"station,omitempty"`
	About   About  `json:"about"`
}

// Enrolled answers it. The key is shown here and never again.
type Enrolled struct {
	Station  string   `json:"station"` // the station's id at the centre
	Name     string   `json:"name"`
	Centre   string   `json:"centre"` // the centre's name, for people
	Key      string   `json:"key"`
	RootKeys []string `json:"root_keys"` // Ed25519 public keys, base64
}

// About is what a station says of itself: PUT .../about, when it connects and when it
// changes.
type About struct {
	ID        string          `json:"id"` // station.id of its configuration
	Name      string          `json:"name"`
	Version   string          `json:"version"`
	Zone      string          `json:"zone"`
	Languages []string        `json:"languages,omitempty"`
	Wall      json.RawMessage `json:"wall,omitempty"`   // how its doors lie, as the screen draws them
	Outbox    Outbox          `json:"outbox"`           // when it was said
	Health    json.RawMessage `json:"health,omitempty"` // the body of GET /v1/devices
	At        time.Time       `json:"at"`               // by the station's clock
}

// Outbox is what a station has that the centre has not.
type Outbox struct {
	Waiting int64      `json:"waiting"`
	Oldest  *time.Time `json:"oldest,omitempty"`
}

// Mark is how far the centre has a station's facts: GET .../mark, and part of other
// answers. Through is the sequence of the last one, 0 before the first.
type Mark struct {
	Epoch   string    `json:"epoch"` // empty: nothing was pushed yet
	Through int64     `json:"acked_through"`
	LastID  string    `json:"last_id,omitempty"` // id of that fact
	Now     time.Time `json:"now"`               // by the centre's clock
}

// Epoch begins another run of sequences: POST .../epochs. After is the last fact both ends
// are sure to have in common.
type Epoch struct {
	Epoch string `json:"epoch"`
	After int64  `json:"after"`
}

// Result is what has become of one fact of a push.
type Result struct {
	ID       string          `json:"id"`
	Sequence int64           `json:"sequence"`
	Status   Status          `json:"status"`
	Problem  json.RawMessage `json:"problem,omitempty"` // of a fact that is quarantined
}

// Status is a word of Result.
type Status string

// The statuses. Only Quarantined takes a fact out of the line without it being taken in.
const (
	Stored      Status = "stored"
	Duplicate   Status = "duplicate"
	Quarantined Status = "quarantined"
)

// Pushed answers POST .../events?epoch=E&after=N, where N is the sequence of the published
// fact before the first of the batch. A batch behind a gap gets 409 with a Mark as the
// member "mark" of the problem: the station goes on from there.
type Pushed struct {
	Mark
	Results []Result `json:"results"`
}

// Page answers GET .../changes?cursor=C&limit=N&wait=S. 410 asks for GET .../snapshot.
type Page struct {
	Mark
	Changes []Change `json:"changes"`
	Next    string   `json:"next_cursor"`
	More    bool     `json:"more"` // there are further ones now
}

// Digest compares what both ends believe to be behind the station's doors: POST .../digest.
// SHA256 is hexadecimal, of the lines "ID STATE DOOR\n" of all open custody, in byte order
// (Sum): parcels that a door is bound to, and those at the counter, whose DOOR is empty.
type Digest struct {
	Through int64  `json:"through"` // the fact up to which it counts
	Count   int    `json:"count"`
	SHA256  string `json:"sha256"`
}

// Digested answers it. Custody is the centre's list when the two differ.
type Digested struct {
	Agrees  bool      `json:"agrees"`
	Count   int       `json:"count"`
	SHA256  string    `json:"sha256"`
	Custody []Custody `json:"custody,omitempty"`
}

// Custody is one line of a digest.
type Custody struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Door  string `json:"door"`
}

// Sum is how Digest counts and sums custody.
func Sum(open []Custody) (count int, sum string) {
	lines := make([]string, len(open))
	for i, c := range open {
		lines[i] = c.ID + " " + c.State + " " + c.Door + "\n"
	}
	slices.Sort(lines)
	hash := sha256.Sum256([]byte(strings.Join(lines, "")))
	return len(lines), hex.EncodeToString(hash[:])
}
