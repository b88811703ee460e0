package events_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/store"
	"cubby/sync/api/apitest"
	"cubby/sync/api/events"
)

// A listener reads the feed on behalf of a key, and keeps its place and its codes in one
// transaction of its own.
type listener struct {
	name   string
	token  string
	reads  bool            // only
	cursor string          // kept; the next request begins there
	has    map[string]bool // parcels whose codes it has
	owed   map[string]bool // those that waited when its key was made, or came since
	asked  int             // deposits of the log before the furthest cursor of its own that it has sent
}

// reading is a station with several clients.
type reading struct {
	*site
	clients map[string]*listener // whose keys are valid
	log     []string             // all parcels, in the order of their deposits
	gone    map[string]bool      // parcels that are not there any more
	erased  map[string]bool      // codes that are not there any more
}

// settle erases what all consumers have acknowledged.
func (r *reading) settle() {
	all, some := len(r.log), false
	for _, c := range r.clients {
		if !c.reads {
			all, some = min(all, c.asked), true
		}
	}
	for _, id := range r.log[:all] {
		r.erased[id] = r.erased[id] || some
	}
}

// get asks for a page behind a cursor.
func (r *reading) get(t *rapid.T, c *listener, cursor string, limit int) (codes []string, next string) {
	asked := httptest.NewRequest("GET", fmt.Sprintf("/v1/events?limit=%d&cursor=%s", limit, cursor), nil)
	asked.Header.Set("Authorization", "Bearer "+c.token)
	w := httptest.NewRecorder()
	r.Door().ServeHTTP(w, asked) // the contract is held against these answers elsewhere
	var events []struct {
		Type string
		Data struct {
			ParcelID string `json:"parcel_id"`
			Code     string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &events); err != nil || w.Code != 200 {
		t.Fatalf("%s got %d: %v", c.name, w.Code, err)
	}
	for _, e := range events {
		switch id := e.Data.ParcelID; {
		case e.Type != "parcel.stored":
		case (e.Data.Code != "") == r.erased[id]:
			t.Fatalf("%s got %s with the code %q; erased: %t", c.name, id, e.Data.Code, r.erased[id])
		case e.Data.Code != "":
			codes = append(codes, id)
		}
	}
	return codes, w.Header().Get("Cubby-Next-Cursor")
}

// read reads a page and keeps it, or dies before it has.
func (r *reading) read(t *rapid.T, c *listener, limit int, dies bool) {
	before := r.position(c.cursor)
	if c.asked = max(c.asked, before); !c.reads {
		r.settle()
	}
	codes, next := r.get(t, c, c.cursor, limit)
	if dies {
		return
	}
	for _, id := range codes {
		c.has[id] = true
	}
	c.cursor = next
}

// position is how many deposits lie before a cursor.
func (r *reading) position(cursor string) int {
	if cursor == "" {
		return 0
	}
	at, err := events.Parse(logged{r.store, r.Core}, r.cursorKey, cursor, "")
	if err != nil {
		r.t.Fatal(err)
	}
	page, err := r.store.Feed(r.t.Context(), at.Seq, 100, false)
	if err != nil {
		r.t.Fatal(err)
	}
	behind := 0
	for _, e := range feedTypes(r.t, page) {
		if e == "parcel.stored" {
			behind++
		}
	}
	return len(r.log) - behind
}

func feedTypes(t *testing.T, page ledger.FeedPage) (types []string) {
	var events []struct{ Type string }
	if err := json.Unmarshal([]byte("["+string(page.Events)+"]"), &events); err != nil || page.Count == 100 {
		t.Fatalf("%d events, %v", page.Count, err)
	}
	for _, e := range events {
		types = append(types, e.Type)
	}
	return types
}

// Two clients that pass codes on, whatever their order and their deaths: neither loses
// a code of a parcel that is there. A third that only reads, and cursors that are made
// up, begun at now or another's, erase nothing.
func TestNoClientThatDeliversCodesLosesOne(t *testing.T) {
	fresh := newSite(t)
	fresh.apply(&people.KeyRevoked{Name: "all"})
	fresh.stop()
	rapid.Check(t, func(rt *rapid.T) {
		s := &site{t: t, cursorKey: []byte("the station's")}
		s.dir = s.copied(fresh.dir)
		s.start()
		defer func() { s.stop() }()
		r := &reading{
			site:    s,
			clients: map[string]*listener{},
			gone:    map[string]bool{},
			erased:  map[string]bool{},
		}
		grant := func(name string) string { return s.Core.Grant(name, "events:read", "codes:read") }
		add := func(name string, readsOnly bool) {
			s.apply(
				&people.KeyAdded{
					Name:      name,
					Scopes:    []string{"events:read", "codes:read"},
					ReadsOnly: readsOnly,
				},
			)
			c := &listener{name: name, token: grant(name), reads: readsOnly}
			c.has, c.owed = map[string]bool{}, map[string]bool{}
			for _, id := range r.log {
				c.owed[id] = !r.erased[id]
			}
			r.clients[name] = c
		}
		add("shop", false)
		add("mail", false)
		add("till", true)
		add("screen", true)
		pick := func(rt *rapid.T) *listener {
			c := r.clients[rapid.SampledFrom([]string{"shop", "mail", "till"}).Draw(rt, "client")]
			if c == nil {
				rt.Skip("its key is revoked")
			}
			return c
		}
		reads := func(rt *rapid.T) {
			r.read(rt, pick(rt), rapid.IntRange(1, 4).Draw(rt, "limit"),
				rapid.IntRange(0, 3).Draw(rt, "dies") == 0)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"read": reads, "read on": reads, "and on": reads,
			"deposit": func(rt *rapid.T) {
				for _, id := range s.deposit(rapid.IntRange(1, 2).Draw(rt, "deposits")) {
					r.log = append(r.log, id)
					for _, c := range r.clients {
						c.owed[id] = true
					}
				}
			},
			"a parcel is collected": func(rt *rapid.T) {
				here := slices.DeleteFunc(slices.Clone(r.log), func(id string) bool { return r.gone[id] })
				if len(here) == 0 {
					rt.Skip("none is there")
				}
				id := rapid.SampledFrom(here).Draw(rt, "parcel")
				r.gone[id], r.erased[id] = true, true
				tx, err := s.store.Begin()
				if err != nil {
					rt.Fatal(err)
				}
				collected := &parcel.ParcelCollected{OfParcel: parcel.OfParcel{ParcelID: id}}
				tx.Append([]ledger.Fact{collected}, store.Circumstances{At: someTime})
				if err := tx.Commit(); err != nil {
					rt.Fatal(err)
				}
			},
			"a cursor that acknowledges nothing": func(rt *rapid.T) {
				c := pick(rt)
				cursor := "now"
				switch rapid.IntRange(0, 3).Draw(rt, "cursor") {
				case 0:
					_, cursor = r.get(rt, c, "now", 1)
				case 1:
					_, late := r.get(rt, c, "now", 1)
					cursor = forged(t, late)
				case 2: // the end, as given to a client that only reads
					_, cursor = r.get(rt, r.clients["screen"], "", 100)
				}
				r.get(rt, c, cursor, 3)
			},
			"a client begins anew": func(rt *rapid.T) { pick(rt).cursor = "" },
			"a key is revoked": func(rt *rapid.T) {
				c := pick(rt)
				s.apply(&people.KeyRevoked{Name: c.name})
				s.Core.RevokeKey(rt.Context(), c.name)
				s.forgetKeys()
				delete(r.clients, c.name)
				r.settle()
			},
			"a key is made": func(rt *rapid.T) {
				for _, name := range []string{"shop", "mail"} {
					if r.clients[name] == nil {
						s.forgetKeys()
						add(name, false)
						return
					}
				}
				rt.Skip("both are there")
			},
			"restart": func(rt *rapid.T) {
				if rapid.IntRange(0, 2).Draw(rt, "seldom") > 0 {
					rt.Skip("seldom")
				}
				s.restart()
				for name := range r.clients {
					grant(name)
				}
			},
			"": func(rt *rapid.T) {
				waiting := 0
				for _, id := range r.log {
					if !r.erased[id] {
						waiting++
					}
					for _, c := range r.clients {
						if !c.reads && c.owed[id] && !c.has[id] && !r.gone[id] && r.erased[id] {
							rt.Fatalf("%s has lost the code of %s", c.name, id)
						}
					}
				}
				if n := s.store.CodesWaiting(); n != int64(waiting) {
					rt.Fatalf("%d codes wait, want %d", n, waiting)
				}
			},
		})
		for _, c := range r.clients { // at last all read to the end, and say so
			if c.reads {
				continue
			}
			for range len(r.log) + 1 {
				r.read(rt, c, 100, false)
			}
		}
		for _, name := range []string{"shop", "mail"} {
			if r.clients[name] != nil && s.store.CodesWaiting() > 0 {
				rt.Fatalf("%d codes wait although all have them", s.store.CodesWaiting())
			}
		}
	})
}

// What the version before gave out says of nobody whose it is. A client that goes on
// with it after the update goes on acknowledging, for itself.
func TestACursorOfTheVersionBeforeGoesOnAcknowledging(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.CursorKey = []byte("the station's") })
	b.Core.Happen(4)
	given := b.Do("GET", "/v1/events?limit=2", "").Header.Get("Cubby-Next-Cursor")
	bare, _, _ := strings.Cut(given, ".")
	old := bare + "." + b64(events.Proof([]byte("the station's"), bare, nil))
	apitest.Want(t, b.Do("GET", "/v1/events?cursor="+old, ""), 200, "")
	if !slices.Equal(b.Core.Acked, []int64{2}) || b.Core.Through["all"] != 2 {
		t.Errorf("acknowledged %v of %v", b.Core.Acked, b.Core.Through)
	}
}

func TestACursorOfAnotherKeyAcknowledgesNothing(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.CursorKey = []byte("the station's") })
	b.Core.Happen(4)
	other := b.With(b.Core.Grant("mail", "events:read", "codes:read"))
	given := b.Do("GET", "/v1/events?limit=2", "").Header.Get("Cubby-Next-Cursor")
	answer := other.Do("GET", "/v1/events?limit=1&cursor="+given, "")
	if got := apitest.IDs(t, apitest.Want(t, answer, 200, "")); !slices.Equal(got, []int{3}) {
		t.Errorf("behind it come %v", got)
	}
	other.Do("GET", "/v1/events?cursor="+answer.Header.Get("Cubby-Next-Cursor"), "")
	if len(b.Core.Acked) != 0 {
		t.Fatalf("acknowledged %v by another's cursor", b.Core.Acked)
	}
	bare, proof, _ := strings.Cut(given, ".")
	raw := unb64(t, proof)
	for name, proof := range map[string]string{
		"without its owner":  b64(raw[events.OwnerBytes:]),
		"with another owner": b64(append(events.OwnerOf("mail"), raw[events.OwnerBytes:]...)),
	} {
		apitest.Want(t, other.Do("GET", "/v1/events?cursor="+bare+"."+proof, ""), 400, "bad-cursor")
		if len(b.Core.Acked) != 0 {
			t.Errorf("%s: acknowledged %v", name, b.Core.Acked)
		}
	}
	b.Do("GET", "/v1/events?cursor="+given, "")
	if b.Core.Through["all"] != 2 || b.Core.Through["mail"] != 0 {
		t.Errorf("acknowledged %v", b.Core.Through)
	}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unb64(t *testing.T, text string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
