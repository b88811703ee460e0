package hub

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
	"cubby/sync/rest"
)

func TestAnInvitationLetsOneStationInOnceWithin24Hours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		latitude, longitude := 52.5, 13.4
		s, invitation, err := w.Invite(ctx, by, "Main street", "Main street 1", &latitude, &longitude)
		w.must(err)
		if s.Name != "Main street" || *s.Latitude != 52.5 || *s.Longitude != 13.4 ||
			s.Address != "Main street 1" ||
			!strings.HasPrefix(invitation, "https://hub.example/#code=") ||
			!strings.HasSuffix(invitation, "&pin=PIN") {
			t.Fatalf("invited %+v by %s", s, invitation)
		}
		enrol := func(code string) (protocol.Enrolled, error) {
			return w.Enrol(ctx, protocol.Enrol{Code: code, About: protocol.About{ID: "site"}})
		}
		code := codeOf(invitation)
		_, err = enrol("ABCD-EFGH-JKLM")
		refused(t, err, "no-invitation")
		e, err := enrol(" " + strings.ToLower(strings.ReplaceAll(code, "-", " ")))
		w.must(err)
		if key, err := base64.StdEncoding.DecodeString(e.RootKeys[0]); err != nil || len(key) != 32 ||
			e.Centre != "The centre" {
			t.Errorf("it got %+v", e)
		}
		_, err = enrol(code)
		refused(t, err, "no-invitation")
		holder := func(token string) (name string, revoked bool) {
			t.Helper()
			h, known, err := w.Holder(ctx, sha256.Sum256([]byte(token)))
			if err != nil || !known || len(h.Scopes) != 1 || h.Scopes[0] != LineScope {
				t.Fatalf("%+v, %t, %v", h, known, err)
			}
			return h.Name, h.Revoked
		}
		if name, revoked := holder(e.Key); name != "station:"+s.ID || revoked {
			t.Errorf("the key is that of %s, revoked: %t", name, revoked)
		}
		if _, known, err := w.Holder(ctx, sha256.Sum256([]byte("cubby_other"))); known || err != nil {
			t.Errorf("a key that nobody made: %t, %v", known, err)
		}
		invitation, err = w.Rekey(ctx, by, s.ID)
		w.must(err)
		if _, revoked := holder(e.Key); revoked {
			t.Error("the key ended before there is another")
		}
		again, err := enrol(codeOf(invitation))
		if err != nil || again.Station != s.ID {
			t.Fatalf("it joined again as %+v, %v", again, err)
		}
		if _, revoked := holder(e.Key); !revoked {
			t.Error("the old key goes on")
		}
		invitation, err = w.Rekey(ctx, by, s.ID)
		w.must(err)
		w.time = w.time.Add(invitedFor)
		_, err = enrol(codeOf(invitation))
		refused(t, err, "no-invitation")
		w.must(w.Remove(ctx, by, s.ID))
		if _, revoked := holder(again.Key); !revoked {
			t.Error("the key outlived the station's part")
		}
		refused(t, w.Rename(ctx, by, s.ID, "B"), "no-such-station")
		_, err = w.Mark(ctx, s.ID)
		refused(t, err, "no-such-station")
		if all, err := w.Stations(ctx); err != nil || len(all) != 1 || !all[0].Removed {
			t.Errorf("%+v, %v", all, err)
		}
		for _, bad := range []error{
			w.Place(ctx, by, s.ID, strings.Repeat("x", 300), nil, nil), w.Place(ctx, by, s.ID, "", &latitude, nil),
			w.Rename(ctx, by, s.ID, ""), w.Rename(ctx, by, s.ID, "a\nb"),
		} {
			if bad == nil {
				t.Error("nonsense was taken")
			}
		}
	})
}

func TestWhoGuessesHasToWait(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	w.must(w.AddUser(ctx, by, "anna", Operator, "correct horse"))
	for range freeTries {
		_, err := w.SignIn(ctx, "anna", "wrong password")
		refused(t, err, "wrong-password")
	}
	_, err := w.SignIn(ctx, "anna", "correct horse")
	refused(t, err, "too-many-tries")
	_, err = w.SignIn(ctx, "nobody", "correct horse")
	refused(t, err, "wrong-password")
	w.time = w.time.Add(firstWait)
	if u, err := w.SignIn(ctx, " Anna ", "correct horse"); err != nil || u.Role != Operator {
		t.Errorf("%+v, %v", u, err)
	}
	for range freeTries {
		_, err := w.Enrol(ctx, protocol.Enrol{Code: "x"})
		refused(t, err, "no-invitation")
	}
	_, err = w.Enrol(ctx, protocol.Enrol{Code: "x"})
	refused(t, err, "too-many-tries")
	w.join("A") // who is invited does not wait for those who guess
	w.time = w.time.Add(enrolWait)
	_, err = w.Enrol(ctx, protocol.Enrol{Code: "x"})
	refused(t, err, "no-invitation")
}

func TestUsersSignInAndRolesAreWhatTheyMayDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		w.must(w.AddUser(ctx, by, "anna", Admin, "correct horse"))
		w.must(w.AddUser(ctx, by, "bo", Viewer, "battery staple"))
		refused(t, w.AddUser(ctx, by, "bo", Viewer, "battery staple"), "name-taken")
		refused(t, w.AddUser(ctx, by, "Bo!", Viewer, "battery staple"), "bad-name")
		refused(t, w.AddUser(ctx, by, "cy", "king", "battery staple"), "no-such-role")
		refused(t, w.AddUser(ctx, by, "cy", Viewer, "short"), "bad-password")
		w.must(w.SetPassword(ctx, by, "bo", "another one"))
		_, err := w.SignIn(ctx, "bo", "battery staple")
		refused(t, err, "wrong-password")
		if u, err := w.SignIn(ctx, "bo", "another one"); err != nil || u.Name != "bo" || u.Role != Viewer {
			t.Errorf("%+v, %v", u, err)
		}
		refused(t, w.RemoveUser(ctx, by, "anna"), "last-admin")
		w.must(w.RemoveUser(ctx, by, "bo"))
		refused(t, w.RemoveUser(ctx, by, "bo"), "no-such-user")
		refused(t, w.SetPassword(ctx, by, "bo", "another one"), "no-such-user")
		_, err = w.SignIn(ctx, "bo", "another one")
		refused(t, err, "wrong-password")
		_, err = w.SignIn(ctx, "bo", "")
		refused(t, err, "wrong-password")
		_, err = w.User(ctx, "bo")
		refused(t, err, "no-such-user")
		w.must(w.AddUser(ctx, by, "bo", Admin, "here again and back"))
		w.must(w.RemoveUser(ctx, by, "anna"))
		users, err := w.Users(ctx)
		if err != nil || len(users) != 2 || users[0].Name != "bo" || users[0].Role != Admin ||
			!users[1].Removed {
			t.Errorf("%+v, %v", users, err)
		}
		for _, c := range []struct {
			role, what Role
			may        bool
		}{
			{Viewer, Viewer, true}, {Viewer, Operator, false}, {Operator, Viewer, true}, {Operator, Admin, false},
			{Admin, Operator, true}, {"", Viewer, false}, {"king", Viewer, false}, {Viewer, "", true},
		} {
			if c.role.May(c.what) != c.may {
				t.Errorf("%q may %q: %t", c.role, c.what, !c.may)
			}
		}
		token, err := w.AddKey(ctx, by, "shop", []string{"parcels:read", "parcels:write"})
		w.must(err)
		if h, known, err := w.Holder(ctx, sha256.Sum256([]byte(token))); err != nil || !known ||
			h.Name != "key:shop" ||
			len(h.Scopes) != 2 ||
			h.Revoked {
			t.Errorf("%+v, %t, %v", h, known, err)
		}
		_, err = w.AddKey(ctx, by, "shop", []string{"parcels:read"})
		refused(t, err, "name-taken")
		_, err = w.AddKey(ctx, by, "line", []string{LineScope})
		refused(t, err, "no-such-scope")
		_, err = w.AddKey(ctx, by, "none", nil)
		refused(t, err, "no-scope")
		w.must(w.RevokeKey(ctx, by, "shop"))
		refused(t, w.RevokeKey(ctx, by, "shop"), "no-such-key")
		w.join("A") // whose key is not among them
		keys, err := w.Keys(ctx)
		if err != nil || len(keys) != 1 || !keys[0].Revoked {
			t.Errorf("%+v, %v", keys, err)
		}
		actions, err := w.Actions(ctx, time.Time{}, 2)
		if err != nil || len(actions) != 2 || actions[1].What != "station.invited" || actions[1].By != by {
			t.Errorf("%+v, %v", actions, err)
		}
	})
}

// A key that is rotated has two tokens until the old one ends; what was rotated before ends
// at once. The list tells which of them is used still.
func TestAKeyIsRotated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		const by = "admin"
		holder := func(token string) (h rest.Holder, counts bool) {
			h, known, err := w.Holder(ctx, sha256.Sum256([]byte(token)))
			w.must(err)
			return h, known && !h.Revoked && (h.Ends.IsZero() || w.now().Before(h.Ends))
		}
		key := func() Key {
			keys, err := w.Keys(ctx)
			w.must(err)
			if len(keys) != 2 || keys[1].Name != "idle" || !keys[1].LastUsed.IsZero() {
				t.Fatalf("%+v", keys)
			}
			return keys[0]
		}
		first, err := w.AddKey(ctx, by, "shop", []string{"parcels:read"})
		w.must(err)
		_, err = w.AddKey(ctx, by, "idle", []string{"parcels:read"})
		w.must(err)
		w.must(w.LimitKey(ctx, by, "shop", 60))
		w.must(w.Kept().Tick(ctx, []rest.Use{{Name: "key:shop", At: w.now()}}))
		second, err := w.RotateKey(ctx, by, "shop", 24*time.Hour)
		w.must(err)
		if h, counts := holder(first); !counts || !h.Old || h.Name != "key:shop" || h.PerMinute != 60 {
			t.Errorf("the old token: %+v", h)
		}
		if h, counts := holder(second); !counts || h.Old || h.Name != "key:shop" || h.PerMinute != 60 {
			t.Errorf("the new token: %+v", h)
		}
		if k := key(); !k.LastUsed.Equal(w.now()) || k.OldUntil.IsZero() || !k.OldUsed.IsZero() ||
			k.PerMinute != 60 {
			t.Errorf("%+v", k)
		}
		w.must(w.Kept().Tick(ctx, []rest.Use{{Name: "key:shop", Old: true, At: w.now()}}))
		if k := key(); !k.OldUsed.Equal(w.now()) {
			t.Errorf("%+v", k)
		}
		third, err := w.RotateKey(ctx, by, "shop", 0)
		w.must(err)
		for i, token := range []string{first, second} {
			if h, counts := holder(token); counts {
				t.Errorf("token %d still counts: %+v", i+1, h)
			}
		}
		if k := key(); !k.OldUntil.IsZero() || k.Revoked {
			t.Errorf("%+v", k)
		}
		_, err = w.RotateKey(ctx, by, "shop", 169*time.Hour)
		refused(t, err, "overlap")
		refused(t, w.LimitKey(ctx, by, "shop", MostPerMinute+1), "per-minute")
		w.must(w.RevokeKey(ctx, by, "shop"))
		if _, counts := holder(third); counts {
			t.Error("the revoked key still counts")
		}
		_, err = w.RotateKey(ctx, by, "shop", time.Hour)
		refused(t, err, "no-such-key")
		refused(t, w.LimitKey(ctx, by, "shop", 1), "no-such-key")
	})
}

func TestAccountsPoliciesTextsAndStockGoToTheStations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		w.checkPolicy = func(shop, toml string) error {
			if toml == "wrong" {
				return errors.New("line 1: wrong")
			}
			return nil
		}
		s := w.join("A")
		_, cursor, _ := w.page(s, "", 100)
		id, badge, pin, err := w.AddCourier(ctx, by, "Kim", s)
		if err != nil || !strings.HasPrefix(badge, "B:") || len(pin) != 8 {
			t.Fatalf("%q %q %q, %v", id, badge, pin, err)
		}
		staff, _, _, err := w.AddStaff(ctx, by, "Lee", "manager", "")
		w.must(err)
		_, _, _, err = w.AddStaff(ctx, by, "Lee", "king", "")
		refused(t, err, "no-such-role")
		_, _, _, err = w.AddCourier(ctx, by, "Kim", "s-other")
		refused(t, err, "no-such-station")
		w.must(w.RemoveCourier(ctx, by, id))
		refused(t, w.RemoveCourier(ctx, by, id), "no-such-account")
		refused(t, w.RemoveStaff(ctx, by, id), "no-such-account")
		accounts, err := w.Accounts(ctx)
		if err != nil || len(accounts) != 2 || accounts[0].Name != "Lee" || accounts[0].Role != "manager" ||
			accounts[1].Name != "Kim" || !accounts[1].Removed || accounts[1].Station != s {
			t.Errorf("%+v, %v", accounts, err)
		}
		w.must(w.PutPolicy(ctx, by, "acme", "x = 1"))
		refused(t, w.PutPolicy(ctx, by, "acme", "wrong"), "bad-policy")
		refused(t, w.PutPolicy(ctx, by, "Acme!", "x = 1"), "bad-shop")
		w.must(w.PutText(ctx, by, "help", map[string]string{"en": "Ask", "zh-Hans": "问"}))
		refused(t, w.PutText(ctx, by, "help", map[string]string{"English": "Ask"}), "no-language")
		refused(t, w.PutText(ctx, by, "help", nil), "no-text")
		policies, err := w.Policies(ctx)
		if err != nil || len(policies) != 1 || policies[0].TOML != "x = 1" || policies[0].Rev == 0 {
			t.Errorf("%+v, %v", policies, err)
		}
		texts, err := w.Texts(ctx)
		if err != nil || len(texts) != 1 || texts[0].Text["zh-Hans"] != "问" {
			t.Errorf("%+v, %v", texts, err)
		}
		w.must(w.SetStock(ctx, by, s, "TS-1", 5))
		refused(t, w.SetStock(ctx, by, s, "TS-1", -1), "out-of-range")
		ids, next, _ := w.page(s, cursor, 100)
		if ids != "staff/"+staff+" -couriers/"+id+" policies/acme texts/help stock/TS-1" {
			t.Errorf("it is told %s", ids)
		}
		w.push(
			s,
			"one",
			0,
			fact(
				1,
				"stock.moved",
				"stock/TS-1",
				map[string]any{"sku": "TS-1", "to": "on_hand", "quantity": 5, "cause": "count",
					"on_hand": 5},
			),
			fact(
				2,
				"stock.moved",
				"stock/TS-1",
				map[string]any{"sku": "TS-1", "from": "on_hand", "to": "quarantine",
					"quantity": 2, "cause": "returned", "on_hand": 3},
			),
			fact(
				3,
				"centre.change_refused",
				"stock/TS-1",
				map[string]any{"collection": "stock", "id": "TS-1", "rev": 1,
					"slug": "not-there", "reason": "no"},
			),
		)
		levels, _, err := w.Stock(ctx, StockFilter{Station: s})
		if err != nil || len(levels) != 1 || levels[0].OnHand != 3 || levels[0].Quarantine != 2 ||
			w.troubles(s) != "" {
			t.Errorf("%+v, %v", levels, err)
		}
		w.must(w.SetStock(ctx, by, s, "TS-1", 5)) // the same again is told again
		w.must(w.DropPolicy(ctx, by, "acme"))
		refused(t, w.DropPolicy(ctx, by, "acme"), "no-such-policy")
		w.must(w.DropText(ctx, by, "help"))
		if ids, _, _ := w.page(s, next, 100); ids != "stock/TS-1 -policies/acme -texts/help" {
			t.Errorf("it is told %s", ids)
		}
	})
}

func TestAChangeThatIsRefusedIsATroubleUntilItIsToldAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
		p, err := w.Changes(ctx, s, "", 100)
		w.must(err)
		rev := p.Changes[2].Rev
		no := func(sequence, rev int64) {
			w.push(
				s,
				"one",
				sequence-1,
				fact(sequence, "centre.change_refused", "parcels/P-1", map[string]any{
					"collection": "parcels", "id": "P-1", "rev": rev, "slug": "label-in-use",
					"reason": "the label is in use"}),
			)
		}
		no(1, rev)
		is, err := w.Parcel(ctx, s, "P-1")
		if err != nil || is.Refused != "the label is in use" || w.troubles(s) != "refused" {
			t.Errorf("%+v, %s, %v", is, w.troubles(s), err)
		}
		w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-2")))
		no(2, rev) // it is about what was told before
		if is, err = w.Parcel(ctx, s, "P-1"); err != nil || is.Refused != "" || w.troubles(s) != "" {
			t.Errorf("%+v, %s, %v", is, w.troubles(s), err)
		}
		refused(t, w.HoldParcel(ctx, by, s, "P-2", "", ""), "no-such-parcel")
		w.push(s, "one", 2, ofParcel(3, "announced", "P-3"))
		refused(t, w.HoldParcel(ctx, by, s, "P-3", "", ""), "not-announced-here")
		w.push(s, "one", 3, ofParcel(4, "announced", "P-1"), ofParcel(5, "booked", "P-1", "compartment", "1"))
		refused(t, w.CancelParcel(ctx, by, s, "P-1"), "inside-already")
		w.push(s, "one", 5, ofParcel(6, "stored", "P-1", "compartment", "1"),
			ofParcel(7, "collected", "P-1", "compartment", "1"))
		refused(t, w.HoldParcel(ctx, by, s, "P-1", "", ""), "collected-already")
		refused(t, w.Announce(ctx, by, s, "P-1", announcement("SO-1")), "ended-already")
		if err := w.Announce(ctx, by, s, "P 1", announcement("SO-1")); err == nil {
			t.Error("an id that no station takes was announced")
		}
		if err := w.Announce(ctx, by, s, "P-9", []byte(`{"lable":"x"}`)); err == nil {
			t.Error("an announcement that no station takes was made")
		}
	})
}

func TestTroublesAreOrderedByTheirHarm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := open(t, at)
		s := w.join("A")
		door := func(n int64, kind, number string, more map[string]any) []byte {
			more["compartment"] = number
			return fact(n, kind, "compartments/"+number, more)
		}
		w.push(
			s,
			"one",
			0,
			one(1),
			one(2),
			one(3),
			one(4),
			ofParcel(5, "stored", "P-1", "compartment", "1", "deadline", "2026-03-01T09:30:00Z"),
			ofParcel(6, "expired", "P-1", "compartment", "1"),
			ofParcel(7, "stored", "P-2", "compartment", "2"),
			ofParcel(8, "to_check", "P-2", "compartment", "2", "reason", "interrupted"),
			ofParcel(9, "stored", "P-3", "compartment", "3"),
			ofParcel(10, "written_off", "P-3", "compartment", "3", "reason", "gone"),
			door(11, "compartment.quarantined", "4", map[string]any{"reason": "wet", "contents": "empty"}),
			door(12, "door.left_open", "5", map[string]any{"stage": 1}),
			door(13, "door.forced_open", "6", map[string]any{"at": "2026-03-01T09:00:00Z"}),
			door(14, "opening.ended", "7", map[string]any{"result": "stuck", "pulsed": true}),
			fact(
				15,
				"device.changed",
				"devices/printer",
				map[string]any{"device": "printer", "condition": "paper_out"},
			),
			ofParcel(
				16,
				"stored",
				"P-4",
				"compartment",
				"8",
			),
			door(17, "door.left_open", "8", map[string]any{"stage": 1}),
		)
		const worstFirst = "missing forced to_check left_open jammed left_open device expired quarantine"
		if got := w.troubles(""); got != worstFirst {
			t.Errorf("they are %s", got)
		}
		all, err := w.Stations(t.Context())
		if err != nil || all[0].Troubles != 9 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestReturnsAndRefundsThatWaitForSomebodyAreTroubles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := open(t, at)
		s := w.join("A")
		const of = "returns/R-7K3M-90QX"
		item := map[string]any{"n": 1, "line": "1", "sku": "TS", "title": "T-shirt", "quantity": 1, "from": 0,
			"reason": "x", "share": 1799, "refund": 1799, "amount": 0, "money": "none"}
		ask := map[string]any{
			"case_id":     "R-7K3M-90QX",
			"order_id":    "SO-1",
			"shop":        "acme",
			"channel":     "locker",
			"state":       "requested",
			"conditional": true,
			"currency":    "EUR",
			"items":       []any{item},
		}
		w.push(s, "one", 0, fact(1, "return.requested", of, ask))
		if got := w.troubles(s); got != "return_waits" {
			t.Errorf("troubles are %q", got)
		}
		w.must(w.AnswerReturn(t.Context(), by, s, "R-7K3M-90QX", true, ""))
		if got := w.troubles(s); got != "" {
			t.Errorf("answered, troubles are %q", got)
		}
		refund := map[string]any{
			"refund_id": "F-1",
			"case_id":   "R-7K3M-90QX",
			"order_id":  "SO-1",
			"shop":      "acme",
			"items":     []int{1},
			"kind":      "card",
			"amount":    1799,
			"currency":  "EUR",
		}
		w.push(
			s,
			"one",
			1,
			fact(2, "return.authorised", of, map[string]any{"case_id": "R-7K3M-90QX", "shop": "acme"}),
			fact(3, "refund.ordered", "refunds/F-1", refund),
		)
		if got := w.troubles(s); got != "" {
			t.Errorf("ordered, troubles are %q", got)
		}
		w.time = w.time.Add(refundLate + time.Hour)
		if got := w.troubles(s); !strings.Contains(got, "refund_waits") {
			t.Errorf("ordered the day before, troubles are %q", got)
		}
		w.time = w.time.Add(-refundLate - time.Hour)
		refund["detail"] = "the card is closed"
		w.push(s, "one", 3, fact(4, "refund.failed", "refunds/F-1", refund))
		if got := w.troubles(s); got != "refund_failed" {
			t.Errorf("failed, troubles are %q", got)
		}
	})
}
