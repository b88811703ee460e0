package hub

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"cubby/locker/ledger"
)

// Bounds of what a fact has, in bytes.
const (
	maxEpoch = 100
	maxID    = 100
	maxWord  = 100 // type, cause
	maxName  = 300 // subject, actor
)

// An arrival is a fact as it was pushed, as far as it can be read.
type arrival struct {
	Fact
	raw       json.RawMessage
	data      json.RawMessage
	code, pin string
	problem   *ledger.Refusal // why it goes to quarantine
}

func (a *arrival) event() Event { return Event{Fact: a.Fact, Data: a.data, Code: a.code, PIN: a.pin} }

// clean reports whether both databases keep a text as it is.
func clean(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' })
}

// read reads a fact. What it cannot read it names, and a sum stands for its id.
func read(raw json.RawMessage) (a arrival) {
	a.raw = raw
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		members = map[string]json.RawMessage{}
		a.refuse("no object")
	}
	text := func(name string, most int, must bool) (s string) {
		part, there := members[name]
		if there && json.Unmarshal(part, &s) != nil || len(s) > most || !clean(s) || must && s == "" {
			a.refuse(name)
			return ""
		}
		return s
	}
	a.ID = text("id", maxID, true)
	a.Type, a.Subject = text("type", maxWord, true), text("subject", maxName, true)
	a.Actor, a.Cause = text("actor", maxName, false), text("cause", maxWord, false)
	sequence := text("sequence", 20, true)
	if n, ok := number(sequence); ok {
		a.Sequence = n
	} else {
		a.refuse("sequence")
	}
	var err error
	if a.Happened, err = time.Parse(time.RFC3339, text("time", 40, true)); err != nil ||
		!written(a.Happened) {
		a.refuse("time")
		a.Happened = time.Time{}
	}
	a.Happened = a.Happened.UTC()
	if a.ID == "" {
		sum := sha256.Sum256(raw)
		a.ID = "unreadable-" + hex.EncodeToString(sum[:16])
	}
	a.take(members)
	return a
}

// number reads a sequence: 1 to 20 digits.
func number(s string) (n int64, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<58 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, n > 0
}

func (a *arrival) refuse(member string) {
	if a.problem == nil {
		a.problem = ledger.Refuse(
			ledger.Invalid,
			"unreadable",
			"this is no fact: its %s cannot be read",
			member,
		)
	}
}

// mostNumber bounds whole numbers: every JSON reader has them exactly (RFC 7493, section
// 2.2), and sums of them fit into a column.
const mostNumber = 1 << 53

// readable reports whether all numbers and times of data can be kept and written again.
// One that cannot would fail in a projection, each time it is pushed.
func readable(data json.RawMessage) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var all any
	return d.Decode(&all) == nil && readableValue(all)
}

func readableValue(value any) bool {
	switch v := value.(type) {
	case json.Number:
		n, err := v.Float64()
		return err == nil && n >= -mostNumber && n <= mostNumber
	case string:
		if len(v) < len("0000-00-00T00:00:00Z") || len(v) > 40 || v[4] != '-' || v[10] != 'T' {
			return true
		}
		t, err := time.Parse(time.RFC3339, v)
		return err != nil || written(t)
	case []any:
		for _, one := range v {
			if !readableValue(one) {
				return false
			}
		}
	case map[string]any:
		for _, one := range v {
			if !readableValue(one) {
				return false
			}
		}
	}
	return true
}

// take takes the codes out of what is kept to be read. Only facts of parcels have any.
func (a *arrival) take(members map[string]json.RawMessage) {
	var data map[string]json.RawMessage
	a.data = members["data"]
	if json.Unmarshal(a.data, &data) != nil || data == nil {
		a.refuse("data")
		a.Fact.Event = json.RawMessage("null")
		return
	}
	if !readable(a.data) {
		a.refuse("data (it has a number or a time that is none)")
	}
	if !utf8.Valid(a.raw) || bytes.Contains(a.raw, []byte(`\u0000`)) { // PostgreSQL keeps no such text
		a.refuse("text (it has characters that are none)")
	}
	a.Fact.Event = a.raw
	secret := func(name string, to *string) bool {
		part, there := data[name]
		if !there {
			return false
		}
		if json.Unmarshal(part, to) != nil {
			a.refuse(name)
		}
		delete(data, name)
		return true
	}
	if a.Type == "" || strings.HasPrefix(a.Type, "parcel.") {
		code, pin, key := secret("code", &a.code), secret("pin", &a.pin), ""
		rotating := secret("rotating_secret", &key) // for shops at the station; nobody here needs it
		if !code && !pin && !rotating {
			return
		}
		var err error
		if a.data, err = json.Marshal(data); err == nil {
			members["data"] = a.data
			a.Fact.Event, err = json.Marshal(members)
		}
		if err != nil {
			a.refuse("data")
			a.Fact.Event = json.RawMessage("null")
		}
	}
}
