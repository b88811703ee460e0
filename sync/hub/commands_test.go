package hub

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/secret/token"
	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

// commanded are the commands that a station is told, read with the keys that it has.
func (w *world) commanded(station string) (all []token.Order) {
	w.t.Helper()
	l, _ := w.list(station)
	p, err := w.Changes(w.t.Context(), station, "", 100)
	w.must(err)
	for _, c := range p.Changes {
		if c.Collection != protocol.Commands || c.Deleted {
			continue
		}
		var doc protocol.CommandDoc
		w.must(json.Unmarshal(c.Doc, &doc))
		o, _, err := token.ReadOrder(doc.Signed, func(id []byte) ed25519.PublicKey {
			return l.Key(token.Command, id, w.time, 0)
		})
		w.must(err)
		all = append(all, o)
	}
	return all
}

func TestACommandIsSignedToldAndFollowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s, other := w.join("A"), w.join("B")
		w.push(s, "one", 0, fact(1, "parcel.stored", "parcels/P-1", map[string]any{
			"parcel_id": "P-1", "compartment": "14", "size": "M", "deadline": w.time.Add(time.Hour),
			"evidence": "human",
		}), fact(2, "door.closed", "compartments/14", map[string]any{"compartment": "14", "presence": "unknown",
			"at": w.time}))
		order := CommandOrder{What: token.Open, Door: "14", Parcel: "P-1", Reason: "she stands there"}
		c, err := w.Command(ctx, "user:mira", s, order)
		w.must(err)
		all := w.commanded(s)
		if len(all) != 1 || all[0].Station != s || all[0].Door != "14" || all[0].Parcel != "P-1" ||
			all[0].By != "mira" || all[0].Reason != order.Reason || all[0].Expires.Sub(all[0].Issued) != commandLife {
			t.Fatalf("the station is told %+v", all)
		}
		if len(w.commanded(other)) != 0 {
			t.Error("another station is told too")
		}
		is := func(state, became string) {
			t.Helper()
			got, err := w.OneCommand(ctx, s, c.ID)
			if err != nil || got.State != state || got.Became != became {
				t.Errorf("it is %+v, %v; want %s %s", got, err, state, became)
			}
		}
		is(CommandSent, "")
		_, err = w.Command(ctx, "user:mira", s, order)
		w.slug(err, "one-at-a-time")

		obeyed := map[string]any{"command_id": c.ID, "what": "open", "compartment": "14", "opening": "o-1"}
		door := map[string]any{"compartment": "14", "opening": "o-1", "at": w.time}
		w.push(s, "one", 2, fact(3, "remote.command_obeyed", "compartments/14", obeyed))
		is(CommandObeyed, "")
		if all := w.commanded(s); len(all) != 0 {
			t.Errorf("it was answered, and the station is told %+v still", all)
		}
		w.push(s, "one", 3, fact(4, "opening.ended", "compartments/14", map[string]any{
			"compartment": "14", "opening": "o-1", "result": "stuck", "pulsed": true,
		}))
		is(CommandObeyed, "not_opened")
		w.push(s, "one", 4, fact(5, "door.opened", "compartments/14", door))
		is(CommandObeyed, "opened")
		w.push(s, "one", 5, fact(6, "door.closed", "compartments/14", door))
		is(CommandObeyed, "closed")
		// what comes later, from whoever says so, changes nothing
		w.push(s, "one", 6, fact(7, "remote.command_refused", "station", map[string]any{"command_id": c.ID}))
		is(CommandObeyed, "closed")

		refused, err := w.Command(ctx, "key:shop", s, order)
		w.must(err)
		w.push(other, "one", 0, fact(1, "remote.command_refused", "station",
			map[string]any{"command_id": refused.ID}))
		if got, _ := w.OneCommand(ctx, s, refused.ID); got.State != CommandSent {
			t.Errorf("another station has answered: %s", got.State)
		}
		w.push(s, "one", 7, fact(8, "remote.command_refused", "station", map[string]any{"command_id": refused.ID}))
		if got, _ := w.OneCommand(ctx, s, refused.ID); got.State != CommandRefused {
			t.Errorf("it is %s", got.State)
		}
		_, err = w.OneCommand(ctx, other, c.ID)
		w.slug(err, "no-such-command")
		if list, err := w.Commands(ctx, CommandFilter{Station: s, Door: "14"}); err != nil || len(list) != 2 {
			t.Errorf("the door has had %v, %v", list, err)
		}
		actions, err := w.Actions(ctx, time.Time{}, 10)
		w.must(err)
		if actions[0].What != "command.open" || !strings.HasSuffix(actions[0].Subject, "/doors/14") ||
			actions[0].By != "key:shop" {
			t.Errorf("the newest action is %+v", actions[0])
		}
	})
}

// slug holds an error against the refusal that it should be.
func (w *world) slug(err error, slug string) {
	w.t.Helper()
	var r *ledger.Refusal
	if !errors.As(err, &r) || r.Slug != slug {
		w.t.Errorf("%v, want %s", err, slug)
	}
}

func TestACommandThatIsNotAnsweredExpires(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	s := w.join("A")
	c, err := w.Command(ctx, "user:mira", s, CommandOrder{What: token.Restart, Reason: "slow"})
	w.must(err)
	w.time = w.time.Add(commandLife + commandLag - time.Second)
	w.must(w.Tidy(ctx))
	if len(w.commanded(s)) != 1 {
		t.Error("the station is not told any more")
	}
	w.time = w.time.Add(2 * time.Second)
	if got, err := w.OneCommand(ctx, s, c.ID); err != nil || got.State != CommandExpired {
		t.Errorf("it is %+v, %v", got, err)
	}
	w.must(w.Tidy(ctx))
	if all := w.commanded(s); len(all) != 0 {
		t.Errorf("the station is told %+v still", all)
	}
	// A station that was without a network says later that it had obeyed.
	w.push(s, "one", 0, fact(1, "remote.command_obeyed", "station", map[string]any{
		"command_id": c.ID, "what": "restart",
	}))
	if got, _ := w.OneCommand(ctx, s, c.ID); got.State != CommandObeyed {
		t.Errorf("in the end it is %s", got.State)
	}
	w.time = w.time.Add(keptCommands)
	w.must(w.Tidy(ctx))
	if _, err := w.OneCommand(ctx, s, c.ID); err == nil {
		t.Error("it is kept for ever")
	}
}

func TestTheHubSignsNoCommandThatItKnowsToBeWrong(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	s := w.join("A")
	w.push(s, "one", 0, fact(1, "door.closed", "compartments/14", map[string]any{"compartment": "14",
		"presence": "unknown", "at": w.time}))
	for slug, o := range map[string]CommandOrder{
		"what":         {What: "open_all", Reason: "why"},
		"reason":       {What: token.Open, Door: "14"},
		"door":         {What: token.Open, Reason: "why"},
		"no-such-door": {What: token.Open, Door: "99", Reason: "why"},
		"other-parcel": {What: token.Open, Door: "14", Parcel: "P-9", Reason: "why"},
		"parcel":       {What: token.Disable, Door: "14", Parcel: "P-9", Reason: "why"},
	} {
		_, err := w.Command(ctx, "user:mira", s, o)
		w.slug(err, slug)
	}
	for _, o := range []CommandOrder{
		{What: token.Restart, Door: "14", Reason: "why"}, {What: token.Open, Door: "14", Reason: "a\nb"},
		{What: token.Open, Door: "14", Reason: strings.Repeat("原", 41)},
		{What: token.Open, Door: "1\n4", Reason: "why"},
	} {
		if _, err := w.Command(ctx, "user:mira", s, o); err == nil {
			t.Errorf("%+v is signed", o)
		}
	}
	_, err := w.Command(ctx, "user:mira", "nowhere", CommandOrder{What: token.Restart, Reason: "why"})
	w.slug(err, "no-such-station")
	var n int
	w.must(w.db.Write(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM changes WHERE collection = ?", protocol.Commands).Scan(&n)
	}))
	if n != 0 {
		t.Errorf("%d commands are told", n)
	}
}
