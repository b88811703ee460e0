package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cubby/locker/view"
)

// A shop is a client of the feed that sends codes to customers. It has a key of its own.
type shop struct {
	*station
	token  string
	cursor string            // of what it has kept; the next request begins there
	codes  map[string]string // by parcel
}

// client makes a key and a client that reads from the very beginning.
func (s *station) client(name string, flags ...string) *shop {
	s.t.Helper()
	args := append(append([]string{"key", "add"}, flags...), name, "events:read,codes:read")
	return &shop{station: s, token: strings.TrimSpace(s.ctl("", args...)), codes: map[string]string{}}
}

// read reads on to the end of the feed and keeps the codes. Each request acknowledges
// the pages before it; the last one is asked for until nothing is behind it.
func (c *shop) read() {
	c.t.Helper()
	for {
		events, next, _ := c.page(c.token, c.cursor, 0)
		for _, e := range events {
			if e.Data.Code != "" {
				c.codes[e.Data.Parcel] = e.Data.Code
			}
		}
		c.cursor = next
		if len(events) == 0 {
			return
		}
	}
}

// has fails unless these are the parcels whose codes the client has.
func (c *shop) has(who string, parcels ...string) {
	c.t.Helper()
	if got := slices.Sorted(maps.Keys(c.codes)); !slices.Equal(got, parcels) {
		c.t.Fatalf("%s has the codes of %v, want %v", who, got, parcels)
	}
}

// shown are the parcels whose codes are in the feed for a key, read from its beginning.
func (s *station) shown(token string) (parcels []string) {
	s.t.Helper()
	for cursor := ""; ; {
		events, next, _ := s.page(token, cursor, 0)
		for _, e := range events {
			if e.Data.Code != "" {
				parcels = append(parcels, e.Data.Parcel)
			}
		}
		if len(events) == 0 {
			return parcels
		}
		cursor = next
	}
}

// deposits has the courier store a parcel, without a look at the feed, and leave.
func (s *station) deposits(id string) (door string) {
	s.t.Helper()
	s.announce(id)
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	s.scan(strings.ToUpper(id))
	door = s.step(view.StepCourierOpen).Door()
	s.put(door)
	s.deposited(door)
	s.leave()
	return door
}

// Two systems that send codes to customers, each with a key of its own. Neither
// loses a code, whoever reads first and whatever dies in between. A third that only
// reads erases nothing, and a key that never acknowledged anything stops the waiting
// when it is revoked.
func TestNoClientThatSendsCodesLosesOne(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	// The station's own key of these tests waits for no code.
	own := s.token
	s.token = strings.TrimSpace(s.ctl("", "key", "add", "plain",
		"parcels:read,parcels:write,events:read,compartments:read,operate"))
	s.ctl("", "key", "revoke", "story")
	if status, _, _ := s.callAs(own, "GET", "/v1/events", ""); status != http.StatusUnauthorized {
		t.Fatalf("a revoked key gets %d", status)
	}
	s.courier = s.newCourier("Ada")
	web, mail, screen := s.client("web"), s.client("mail"), s.client("screen", "--reads-only")

	first := s.deposits("p-1")
	s.deposits("p-2")
	screen.read()
	screen.has("the screen", "p-1", "p-2")
	web.read() // and acknowledges, by its last request
	web.has("the web shop", "p-1", "p-2")
	before := s.told()
	s.crash()
	s.restart(before)
	if got := s.shown(screen.token); !slices.Equal(got, []string{"p-1", "p-2"}) {
		t.Fatalf("the mailer has read nothing yet, and the codes of %v are left", got)
	}
	mail.read()
	mail.has("the mailer", "p-1", "p-2")
	if got := s.shown(screen.token); got != nil {
		t.Fatalf("both have acknowledged all, and the codes of %v are left", got)
	}

	s.deposits("p-3") // now in the other order
	mail.read()
	mail.has("the mailer", "p-1", "p-2", "p-3")
	screen.read()
	if got := s.shown(screen.token); !slices.Equal(got, []string{"p-3"}) {
		t.Fatalf("the web shop has not read on, and the codes of %v are left", got)
	}
	web.read()
	web.has("the web shop", "p-1", "p-2", "p-3")
	screen.has("the screen", "p-1", "p-2", "p-3")
	if got := s.shown(screen.token); got != nil {
		t.Fatalf("both have acknowledged all, and the codes of %v are left", got)
	}

	// A key that never acknowledges. Its codes go when it is revoked; one that is
	// collected goes before.
	lazy := s.client("lazy")
	fourth := s.deposits("p-4")
	s.deposits("p-5")
	web.read()
	mail.read()
	for range 2 { // the first page again and again acknowledges nothing
		events, _, _ := s.page(lazy.token, "", 0)
		for _, e := range events {
			if e.Data.Code != "" {
				lazy.codes[e.Data.Parcel] = e.Data.Code
			}
		}
	}
	lazy.has("the lazy one", "p-4", "p-5")
	if got := s.shown(screen.token); !slices.Equal(got, []string{"p-4", "p-5"}) {
		t.Fatalf("one has acknowledged nothing, and the codes of %v are left", got)
	}
	s.collect(lazy.codes["p-4"], fourth)
	s.leave()
	if got := s.shown(screen.token); !slices.Equal(got, []string{"p-5"}) {
		t.Fatalf("p-4 is gone and one has acknowledged nothing: the codes of %v are left", got)
	}
	s.ctl("", "key", "revoke", "lazy")
	if got := s.shown(screen.token); got != nil {
		t.Fatalf("nobody waits any more, and the codes of %v are left", got)
	}
	web.has("the web shop", "p-1", "p-2", "p-3", "p-4", "p-5")
	mail.has("the mailer", "p-1", "p-2", "p-3", "p-4", "p-5")
	if !maps.Equal(web.codes, mail.codes) {
		t.Error("the two have different codes for one parcel")
	}
	s.collect(mail.codes["p-1"], first)
	s.leave()
	s.sound()
}
