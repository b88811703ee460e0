package hub

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"cubby/locker/secret/token"
	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

// make makes a token and reads it as the station does.
func (w *world) token(station string, n NewToken) (Token, string) {
	w.t.Helper()
	t, text, err := w.MakeToken(w.t.Context(), by, station, n)
	w.must(err)
	l, _ := w.list(station)
	c, _, err := token.Read(text, func(id []byte) ed25519.PublicKey {
		return l.Key(token.Pickup, id, w.time, 0)
	})
	w.must(err)
	if hex.EncodeToString(c.ID[:]) != t.ID || c.Label != t.Label || !c.Expires.Equal(t.Expires) ||
		!c.GoodAt(station, w.time, 0) || c.GoodAt("s-another1", w.time, 0) || t.State != "waits" {
		w.t.Fatalf("%+v says %+v", t, c)
	}
	return t, text
}

func TestACodeIsMadeBeforeItsParcelAndFollowedToItsUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s, other := w.join("A"), w.join("B")
		free, text := w.token(s, NewToken{Label: "340123450000000017"})
		if code, err := qrcode.New(text, qrcode.Medium); err != nil || code.VersionNumber > 8 {
			t.Errorf("its QR code has version %d, %v", code.VersionNumber, err)
		}
		w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
		bound, _ := w.token(s, NewToken{Parcel: "P-1", Until: w.time.Add(30 * day)})
		if bound.Label != "P-1" || !bound.Expires.Equal(w.time.Add(30*day)) {
			t.Errorf("for the parcel: %+v", bound)
		}
		w.push(s, "one", 0,
			ofParcel(1, "token_used", "P-7", "token_id", free.ID),
			ofParcel(2, "token_used", "P-8", "token_id", free.ID),
			ofParcel(3, "token_used", "P-9", "token_id", "00112233445566778899aabbccddeeff"))
		// Another station's word of it says nothing.
		w.push(other, "one", 0, ofParcel(1, "token_used", "P-1", "token_id", bound.ID))
		got, err := w.Token(ctx, s, free.ID)
		w.must(err)
		if got.State != "used" || got.UsedFor != "P-7" || got.Used == nil || got.Used.Second() != 1 {
			t.Errorf("used: %+v", got)
		}
		if got, err := w.Token(ctx, s, bound.ID); err != nil || got.State != "waits" {
			t.Errorf("not used: %+v, %v", got, err)
		}
		if p := w.push(s, "one", 3, ofParcel(4, "token_used", "P-7")); p.Results[0].Status != "quarantined" {
			t.Errorf("a fact without the token's id is %s", p.Results[0].Status)
		}
		for parcel, want := range map[string]string{"P-1": bound.ID, "P-7": free.ID, "P-2": ""} {
			all, _, err := w.Tokens(ctx, TokenFilter{Station: s, Parcel: parcel})
			w.must(err)
			if len(all) != strings.Count(want, "")/33 || want != "" && all[0].ID != want {
				t.Errorf("of %s there are %+v", parcel, all)
			}
		}
		w.time = w.time.Add(31 * day)
		if got, err := w.Token(ctx, s, bound.ID); err != nil || got.State != "expired" {
			t.Errorf("a month later: %+v, %v", got, err)
		}
		refused(t, w.DenyToken(ctx, by, s, bound.ID), "expired-already")
		w.time = w.time.Add(tokensKept)
		w.must(w.Tidy(ctx))
		if all, _, err := w.Tokens(ctx, TokenFilter{Station: s}); err != nil || len(all) != 0 {
			t.Errorf("kept for ever: %+v, %v", all, err)
		}
	})
}

func TestACodeIsTakenBackByTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		made, _ := w.token(s, NewToken{Label: "L-1"})
		other, _ := w.token(s, NewToken{Label: "L-1"})
		told := w.Told()
		w.must(w.DenyToken(ctx, by, s, made.ID))
		select {
		case <-told:
		default:
			t.Error("no station was woken")
		}
		id := func(text string) (id [token.IDBytes]byte) { hex.Decode(id[:], []byte(text)); return id }
		before, rev := w.list(s)
		if _, denied := before.Denied(id(made.ID)); !denied || len(before.Deny) != 1 {
			t.Errorf("the list denies %+v", before.Deny)
		}
		if _, denied := before.Denied(id(other.ID)); denied {
			t.Error("the other one is denied, too")
		}
		w.must(w.DenyToken(ctx, by, s, made.ID)) // again
		if _, again := w.list(s); again != rev {
			t.Error("taken back again, the list is told again")
		}
		w.push(s, "one", 0, ofParcel(1, "token_used", "P-1", "token_id", made.ID))
		if got, err := w.Token(ctx, s, made.ID); err != nil || got.State != "taken_back" || got.Used == nil {
			t.Errorf("used before the station heard: %+v, %v", got, err)
		}
		refused(t, w.DenyToken(ctx, by, w.join("B"), other.ID), "no-such-token")
		refused(t, w.DenyToken(ctx, by, s, "\x00"), "no-such-token")
		w.must(w.Announce(ctx, by, s, "P-2", announcement("SO-2")))
		third, _ := w.token(s, NewToken{Parcel: "P-2"})
		w.must(w.CancelParcel(ctx, by, s, "P-2"))
		l, _ := w.list(s)
		if _, denied := l.Denied(id(third.ID)); !denied || len(l.Deny) != 2 {
			t.Errorf("the parcel is cancelled, and the list denies %+v", l.Deny)
		}
		w.time = made.Expires.Add(2 * day)
		w.must(w.Tidy(ctx))
		if l, _ := w.list(s); len(l.Deny) != 0 {
			t.Errorf("what has expired is still denied: %+v", l.Deny)
		}
	})
}

func TestAFullListIsStillTakenAndNothingIsDroppedFromIt(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	s := w.join("A")
	w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
	one, _ := w.token(s, NewToken{Parcel: "P-1"})
	w.must(w.db.Write(ctx, func(tx *db.Tx) error {
		for i := range mostDenied {
			if _, err := tx.Exec("INSERT INTO tokens (id, station, parcel, label, made, by_whom, expires, denied) "+
				"VALUES (?, ?, '', 'L', 1, ?, ?, 1)", fmt.Sprintf("%032x", i+1), s, by,
				millis(w.time.Add(day))); err != nil {
				return err
			}
		}
		return w.keepKeys(tx, true)
	}))
	refused(t, w.DenyToken(ctx, by, s, one.ID), "too-many-taken-back")
	w.must(w.CancelParcel(ctx, by, s, "P-1"))
	if l, _ := w.list(s); len(l.Deny) != mostDenied {
		t.Errorf("the list denies %d", len(l.Deny))
	}
}

func TestWhatACodeCannotBeMadeForIsRefused(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	s := w.join("A")
	w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
	w.must(w.Announce(ctx, by, s, "P-2", announcement("SO-2")))
	w.push(s, "one", 0, ofParcel(1, "collected", "P-2", "compartment", "1"))
	for _, x := range []struct {
		n    NewToken
		slug string
	}{
		{NewToken{}, "label"}, {NewToken{Label: "two words"}, "label"},
		{NewToken{Label: strings.Repeat("x", 65)}, "label"},
		{NewToken{Label: "4111-1111-1111-1111"}, "card-number"},
		{NewToken{Label: "L", Until: w.time}, "until"}, {NewToken{Label: "L", Until: w.time.Add(-day)}, "until"},
		{NewToken{Label: "L", Until: w.time.Add(TokenLongest + time.Second)}, "until"},
		{NewToken{Parcel: "P-9"}, "no-such-parcel"}, {NewToken{Parcel: "\x00"}, "no-such-parcel"},
		{NewToken{Parcel: "P-1", Label: "another"}, "another-label"},
		{NewToken{Parcel: "P-2"}, "collected-already"},
	} {
		_, text, err := w.MakeToken(ctx, by, s, x.n)
		if text != "" {
			t.Errorf("%+v gives a code", x.n)
		}
		refused(t, err, x.slug)
	}
	_, _, err := w.MakeToken(ctx, by, "s-none", NewToken{Label: "L"})
	refused(t, err, "no-such-station")
	w.must(w.Remove(ctx, by, s))
	if _, _, err = w.MakeToken(ctx, by, s, NewToken{Label: "L"}); err == nil {
		t.Error("a station that was removed gets a code")
	}
	all, _, err := w.Tokens(ctx, TokenFilter{Station: s})
	if err != nil || len(all) != 0 {
		t.Errorf("kept: %+v, %v", all, err)
	}
}

func TestCodesAreListedInPages(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	s := w.join("A")
	var want, got []string
	for i := range 7 {
		made, _ := w.token(s, NewToken{Label: "L"})
		want = append([]string{made.ID}, want...)
		w.time = w.time.Add(time.Duration(i/6) * time.Second) // most within the same second
	}
	after := ""
	for range 10 {
		all, next, err := w.Tokens(ctx, TokenFilter{Station: s, Limit: 3, After: after})
		w.must(err)
		for _, one := range all {
			got = append(got, one.ID)
		}
		if after = next; next == "" {
			break
		}
	}
	seen := map[string]bool{}
	for _, id := range got {
		seen[id] = true
	}
	if len(got) != len(want) || len(seen) != len(want) {
		t.Errorf("listed %v of %v", got, want)
	}
	for _, bad := range []string{"x", "1", "1 \x00"} {
		if _, _, err := w.Tokens(ctx, TokenFilter{Station: s, After: bad}); bad != "1" {
			refused(t, err, "after")
		}
	}
}

func TestACodeItselfIsNowhereAtTheHub(t *testing.T) {
	at := dbtest.SQLite(t)
	w := open(t, at)
	made, text := w.token(w.join("A"), NewToken{Label: "L-1"})
	w.must(w.Close())
	kept, err := os.ReadFile(at)
	w.must(err)
	if !bytes.Contains(kept, []byte(made.ID)) || bytes.Contains(kept, []byte(text)) {
		t.Error("the database has the code, or not its id")
	}
	if strings.Contains(w.log.String(), text) {
		t.Error("the log has the code")
	}
	w.begin()
}

// A station is named to the others from its first code on, by its newest name and address.
func TestOtherStationsHearTheNameOfTheStationOfACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s, other := w.join("A"), w.join("B")
		w.must(w.Rename(ctx, by, s, "Quiet")) // nobody could show a code of it yet
		heard := func(want string) {
			t.Helper()
			p, err := w.Changes(ctx, other, "", 100)
			w.must(err)
			got := ""
			for _, c := range p.Changes {
				if c.Collection == protocol.Stations {
					got += c.ID + " " + string(c.Doc)
				}
			}
			if got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
		}
		heard("")
		w.token(s, NewToken{Label: "L-1"})
		heard(s + ` {"name":"Quiet"}`)
		w.must(w.Rename(ctx, by, s, "Harbour"))
		w.must(w.Place(ctx, by, s, "12 Harbour Street", nil, nil))
		heard(s + ` {"name":"Harbour","address":"12 Harbour Street"}`)
		w.must(w.Remove(ctx, by, s))
		heard(s + " ")
	})
}
