package customers

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
)

// A Customer is what follows from the log: nothing in it tells who it is.
type Customer struct {
	ID       string    `json:"id"`
	Consents []Said    `json:"consents"` // what was said, the newest last
	Created  time.Time `json:"created"`
	Used     time.Time `json:"used"` // by the calendar; to the day
	Rev      int64     `json:"rev"`  // grows with every change; the ETag

	QR *QR `json:"qr,omitempty"` // nil: there is none
}

// QR is what is kept of a member's QR code.
type QR struct {
	Hash string    `json:"hash"` // hexadecimal, keyed; made as those of pickup codes
	Made time.Time `json:"made"`
}

// Said is one step of a consent: given or withdrawn.
type Said struct {
	Purpose string    `json:"purpose"`
	Given   bool      `json:"given"`
	At      time.Time `json:"at"`
	Through string    `json:"through"`        // where it was said
	Text    string    `json:"text,omitempty"` // version of what the person has read
}

// Consented reports whether the consent to a purpose holds now.
func (c Customer) Consented(purpose string) bool {
	for _, s := range slices.Backward(c.Consents) {
		if s.Purpose == purpose {
			return s.Given
		}
	}
	return false
}

// Withdrawn reports whether the consent to a purpose was given once, and taken back.
func (c Customer) Withdrawn(purpose string) bool {
	for _, s := range slices.Backward(c.Consents) {
		if s.Purpose == purpose {
			return !s.Given
		}
	}
	return false
}

// A Channel is how somebody wants to be written to.
type Channel string

// The channels.
const (
	ByEmail Channel = "email"
	BySMS   Channel = "sms"
	Never   Channel = "none"
)

// The wishes.
const (
	LowDoor        = "low_door"        // rather a door within reach than another
	AccessibleDoor = "accessible_door" // none but one within reach
	LargeText      = "large_text"
	MoreTime       = "more_time"
)

// Wishes are what makes it easier for somebody to collect.
var Wishes = []string{LowDoor, AccessibleDoor, LargeText, MoreTime}

// Ways are where a consent is given or withdrawn.
var Ways = []string{"kiosk", "desk", "shop", "message", "phone"}

// RecordPurpose is the consent without which there is no record. Its withdrawal erases it.
const RecordPurpose = "record"

// A Person is personal data. It is in no fact and lies in a row of its own.
type Person struct {
	ID string `json:"id"`
	Keys
	Language string   `json:"language,omitempty"` // BCP 47 tag; empty: the station's
	Channel  Channel  `json:"channel"`
	Wishes   []string `json:"wishes,omitempty"`
	Receipt  bool     `json:"receipt,omitempty"` // wants one on paper

	// In clear is only what is needed: the address of the channel, and a name if one was given.
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// New is what somebody is kept with.
type New struct {
	Contact  Contact
	Language string
	Channel  Channel
	Wishes   []string
	Receipt  bool
	Name     string
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// mistakes are what cannot be kept.
func (n New) mistakes(country string) []*ledger.Refusal {
	all := n.Contact.Mistakes(country, "/contact")
	wrong := func(slug, at, format string, args ...any) {
		all = append(all, ledger.Refuse(ledger.Invalid, slug, format, args...).At(at))
	}
	if n.Language != "" && (len(n.Language) > 35 || !languageTag.MatchString(n.Language)) {
		wrong("language", "/language", `must be a BCP 47 tag such as "en", "zh-Hans" or "pt-BR"`)
	}
	switch n.Channel {
	case Never:
	case ByEmail:
		if n.Contact.Email == "" {
			wrong("channel", "/channel", "the channel email needs contact.email")
		}
	case BySMS:
		if n.Contact.Phone == "" {
			wrong("channel", "/channel", "the channel sms needs contact.phone")
		}
	default:
		wrong("channel", "/channel", "must be one of email, sms, none")
	}
	for _, w := range n.Wishes {
		if !slices.Contains(Wishes, w) {
			wrong("wish", "/wishes", "a wish is one of %s", strings.Join(Wishes, ", "))
			break
		}
	}
	if n.Name != "" {
		if r, ok := plain.Check(n.Name, 200, "name", "/name").(*ledger.Refusal); ok {
			all = append(all, r)
		}
	}
	return all
}

// person is what is kept of it.
func (n New) person(id string, mark Marker, country string) Person {
	p := Person{ID: id, Keys: n.Contact.Of(mark, country), Language: n.Language, Channel: n.Channel,
		Receipt: n.Receipt,
		Name:    n.Name}
	for _, w := range Wishes { // in one order, each once
		if slices.Contains(n.Wishes, w) {
			p.Wishes = append(p.Wishes, w)
		}
	}
	switch n.Channel {
	case ByEmail:
		p.Email = strings.TrimSpace(n.Contact.Email)
	case BySMS:
		p.Phone = normalPhone(n.Contact.Phone, country)
	}
	return p
}

// differs names the members in which two persons differ, and no value of them.
func (p Person) differs(o Person) (members []string) {
	for _, m := range []struct {
		name string
		same bool
	}{
		{"contact", p.Keys == o.Keys && p.Email == o.Email && p.Phone == o.Phone},
		{"language", p.Language == o.Language}, {"channel", p.Channel == o.Channel},
		{"wishes", slices.Equal(p.Wishes, o.Wishes)}, {"receipt", p.Receipt == o.Receipt},
		{"name", p.Name == o.Name},
	} {
		if !m.same {
			members = append(members, m.name)
		}
	}
	return members
}
