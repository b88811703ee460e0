package down

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/centre"
	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/remote"
	"cubby/locker/secret/token"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/protocol"
)

// key is a key pair of a test.
func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

// keysOfTests has one key of commands, one that has ended, one that has not begun, and one
// of pickup codes.
func keysOfTests() token.List {
	var l token.List
	for _, k := range []struct {
		id          string
		purpose     token.Purpose
		from, until time.Time
	}{
		{"c1", token.Command, today.AddDate(0, -1, 0), today.AddDate(0, 1, 0)},
		{"c2", token.Command, today.AddDate(0, -2, 0), today.Add(-time.Hour)},
		{"c3", token.Command, today.Add(time.Hour), today.AddDate(0, 1, 0)},
		{"p1", token.Pickup, today.AddDate(0, -1, 0), today.AddDate(0, 1, 0)},
	} {
		l.Keys = append(l.Keys, token.Key{
			ID: []byte(k.id), Purpose: k.purpose, Public: key(k.id[0] + k.id[1]).Public().(ed25519.PublicKey),
			From: k.from, Until: k.until,
		})
	}
	return l
}

// newCommanded is a station with doors 1 to 6 in two banks, all closed, parcel P-1 behind door
// 1 and P-2, which is held, behind door 2. Door 5 stands open, in the other bank with door 6.
func newCommanded(t *testing.T) *world {
	w := newWorld(t)
	w.down = New(Config{Keys: w.down.cfg.Keys, CentreKeys: keysOfTests})
	w.env.Clock = calendar.Reading{Wall: today, Boot: "b1", Uptime: time.Hour}
	s := w.state()
	centre.Now.Write(s, centre.Line{Station: "s-1"})
	visit.CalendarNow.Write(s, calendar.Calendar{At: today, Boot: "b1", Uptime: time.Hour})
	for i := 1; i <= 6; i++ {
		n := fmt.Sprint(i)
		c := wall.NewCompartment(wall.Compartment{Number: n, Size: "M", Bank: "left"})
		if c.Door, c.LastKnown = door.Closed, door.Closed; i > 4 {
			c.Bank = "right"
		}
		if i == 5 {
			c.Door = door.Open
		}
		if i <= 2 {
			c.Allocation, c.Contents, c.Parcel = wall.Occupied, wall.ContentsPresent, "P-"+n
			p := parcel.Parcel{ID: "P-" + n, State: parcel.Stored, Compartment: n}
			if i == 2 {
				p.OnHold = &parcel.Hold{Reason: "unpaid"}
			}
			parcel.Parcels.Put(s, p.ID, p)
		}
		wall.Compartments.Put(s, n, c)
	}
	w.Merge(s.Changes())
	return w
}

// command is a right one: door 1 with P-1.
func command(n byte) token.Order {
	return token.Order{
		ID: [token.IDBytes]byte{n}, Station: "s-1", What: token.Open, Door: "1", Parcel: "P-1", By: "Mira",
		Reason: "asked for", Issued: today, Expires: today.Add(5 * time.Minute),
	}
}

func signedBy(t *testing.T, o token.Order, id string) []byte {
	t.Helper()
	signed, err := token.SignOrder(o, []byte(id), key(id[0]+id[1]))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func document(signed []byte) string {
	return fmt.Sprintf(`{"signed":%q}`, base64.StdEncoding.EncodeToString(signed))
}

func idOf(o token.Order) string { return hex.EncodeToString(o.ID[:]) }

// told is what the centre learns of a change: the published facts, without their times.
func (w *world) published() string {
	var all []string
	for _, f := range w.facts {
		if f.Published() {
			all = append(all, fmt.Sprintf("%s %s %+v", f.Type(), f.Subject(), f))
		}
	}
	return strings.Join(all, "; ")
}

func (w *world) why() string {
	for _, f := range w.facts {
		if f, ok := f.(*remote.Decided); ok {
			return f.Refused
		}
	}
	return "nothing was decided"
}

// Everything that is wrong with a command moves nothing and is told alike; why, only the
// station knows.
func TestAWrongCommandMovesNothingAndIsToldLikeEveryOther(t *testing.T) {
	soon := func(o *token.Order, by time.Duration) { o.Issued, o.Expires = o.Issued.Add(by), o.Expires.Add(by) }
	for name, c := range map[string]struct {
		change func(*token.Order)
		key    string
		why    string
		before func(w *world)
	}{
		"another station":      {func(o *token.Order) { o.Station = "s-2" }, "", remote.Elsewhere, nil},
		"no such door":         {func(o *token.Order) { o.Door = "99" }, "", remote.NoDoor, nil},
		"another door":         {func(o *token.Order) { o.Door = "3" }, "", remote.Parcel, nil},
		"another parcel":       {func(o *token.Order) { o.Parcel = "P-9" }, "", remote.Parcel, nil},
		"a parcel it hides":    {func(o *token.Order) { o.Parcel = "" }, "", remote.Parcel, nil},
		"too early":            {func(o *token.Order) { soon(o, 3*time.Minute) }, "", remote.Early, nil},
		"too late":             {func(o *token.Order) { soon(o, -7*time.Minute) }, "", remote.Late, nil},
		"a year ago":           {func(o *token.Order) { soon(o, -365*24*time.Hour) }, "", remote.Late, nil},
		"an unknown key":       {nil, "c9", remote.Unsigned, nil},
		"a key of codes":       {nil, "p1", remote.Unsigned, nil},
		"a key that has ended": {nil, "c2", remote.KeyEnded, nil},
		"a key of tomorrow":    {nil, "c3", remote.KeyEnded, nil},
		"a parcel on hold":     {func(o *token.Order) { o.Door, o.Parcel = "2", "P-2" }, "", remote.Held, nil},
		"it is open":           {func(o *token.Order) { o.Door, o.Parcel = "5", "" }, "", remote.NotClosed, nil},
		"another of its bank is open": {func(o *token.Order) { o.Door, o.Parcel = "6", "" }, "", remote.InUse,
			nil},
		"somebody is at it": {nil, "", remote.InUse, func(w *world) {
			s := w.state()
			visit.Visits.Put(s, "kiosk", visit.Visit{ID: "v", Compartment: "1", Step: "pickup.no_open"})
			w.Merge(s.Changes())
		}},
		"a clock in doubt": {nil, "", remote.Clock, func(w *world) {
			w.env.Clock.Wall = today.AddDate(0, 0, 3)
		}},
		"the number was used": {nil, "", remote.Used, func(w *world) {
			w.takes(protocol.Commands, idOf(command(1)), document(signedBy(w.t, command(1), "c1")),
				"remote.decided", "remote.command_obeyed", "opening.intended")
			w.ends(true)
		}},
		"the number was used, for another door": {func(o *token.Order) { o.Door, o.Parcel = "3", "" }, "",
			remote.Used, func(w *world) {
				w.takes(protocol.Commands, idOf(command(1)), document(signedBy(w.t, command(1), "c1")),
					"remote.decided", "remote.command_obeyed", "opening.intended")
				w.ends(true)
			}},
		"the one before is open, of another bank": {func(o *token.Order) {
			o.ID[1], o.Door, o.Parcel = 9, "6", ""
		}, "", remote.Before, func(w *world) {
			_ = w.tell(protocol.Commands, idOf(command(1)), document(signedBy(w.t, command(1), "c1")))
			w.ends(false)
		}},
		"the one before is open": {func(o *token.Order) { o.ID[1] = 9 }, "", remote.NotClosed, func(w *world) {
			_ = w.tell(protocol.Commands, idOf(command(1)), document(signedBy(w.t, command(1), "c1")))
			w.ends(false)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCommanded(t)
			if c.before != nil {
				c.before(w)
			}
			o := command(1)
			if c.change != nil {
				c.change(&o)
			}
			if c.key == "" {
				c.key = "c1"
			}
			w.refusedLikeAll(idOf(o), document(signedBy(t, o, c.key)))
			if w.why() != c.why {
				t.Errorf("it is refused because of %s, want %s", w.why(), c.why)
			}
		})
	}
}

// refusedLikeAll takes a command in that must move nothing.
func (w *world) refusedLikeAll(id, doc string) {
	w.t.Helper()
	c := protocol.Change{Collection: protocol.Commands, ID: id, Rev: 1, Doc: []byte(doc)}
	command, err := w.down.Command(c)
	if err == nil {
		err = w.decide(command)
	}
	if want := fmt.Sprintf("remote.command_refused station %+v",
		&remote.CommandRefused{Command: id}); err != nil ||
		w.published() != want || len(w.effect) > 0 {
		w.t.Errorf("%s: %v\n%s\n%s\n%v", doc, err, w.published(), want, w.effect)
	}
}

// ends has the newest opening end; closed: and its door close.
func (w *world) ends(closed bool) {
	w.t.Helper()
	for _, o := range wall.Openings.All(w.state()) {
		if !o.UnderWay() {
			continue
		}
		at := w.env.Now
		for _, c := range []visit.Command{
			visit.EndOpening{Ended: door.Ended{Opening: o.ID, Result: door.ConfirmedOpen, Pulsed: true, At: at}},
			visit.SeeDoor{Seen: door.Seen{Compartment: o.Compartment, State: door.Closed, At: at.Add(time.Second)}},
		}[:map[bool]int{true: 2, false: 1}[closed]] {
			if err := w.decide(c); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func TestAnAlteredCommandIsToldLikeEveryOther(t *testing.T) {
	w := newCommanded(t)
	o := command(1)
	whole := signedBy(t, o, "c1")
	for i := range whole {
		altered := bytes.Clone(whole)
		altered[i] ^= 0x10
		w.refusedLikeAll(idOf(o), document(altered))
	}
	for _, doc := range []string{
		`{}`, `null`, ``, `7`, `{"signed":7}`, `{"signed":"not base64"}`, document(nil), document(whole[:80]),
	} {
		w.refusedLikeAll(idOf(o), doc)
	}
	w.refusedLikeAll("00"+idOf(o)[2:], document(whole))  // as another change
	w.takes(protocol.Commands, idOf(o), document(whole), // and the right one still opens
		"remote.decided", "remote.command_obeyed", "opening.intended")
	if f := w.facts[2].(*wall.OpeningIntended); f.Purpose != wall.ForRemote || f.Compartment != "1" ||
		f.Parcel != "P-1" || len(w.effect) != 1 || w.effect[0].(door.Order).Opening != f.Opening {
		t.Errorf("what follows is %+v, %+v", f, w.effect)
	}
}

// A snapshot repeats what the centre has not forgotten, after its number was used or its time is
// over. A command is not obeyed again.
func TestASnapshotRepeatsNoCommand(t *testing.T) {
	w := newCommanded(t)
	o := command(1)
	doc := document(signedBy(t, o, "c1"))
	repeated := func(rev int64) error {
		c, err := w.down.Command(protocol.Change{
			Collection: protocol.Commands, ID: idOf(o), Rev: rev, Doc: []byte(doc),
		})
		if err != nil {
			t.Fatal(err)
		}
		change := centre.Change{Collection: protocol.Commands, ID: idOf(o), Rev: rev}
		err = w.decide(centre.Newer{Change: change, Command: c})
		if err == nil && rev == 1 {
			return w.decide(centre.Took{
				Station: "s-1", Cursor: "c", Changes: []centre.Change{change}, Errs: []error{nil},
			})
		}
		return err
	}
	if err := repeated(1); err != nil {
		t.Fatal(err)
	}
	w.ends(true)
	if err := repeated(1); err != centre.Known {
		t.Errorf("the same revision: %v", err)
	}
	for _, by := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour} {
		w.env.Clock.Wall, w.env.Clock.Uptime = today.Add(by), time.Hour+by
		w.env.Now = today.Add(by)
		want := map[bool]string{true: remote.Used, false: remote.Late}[by < 7*time.Minute]
		if err := repeated(int64(by)); err != nil || len(w.effect) > 0 || w.why() != want {
			t.Errorf("%s later, told anew: %v, %v, %s", by, err, w.effect, w.why())
		}
	}
	if command := (takers[protocol.Commands]); command.deleted != nil {
		t.Error("a command that the centre deletes does something")
	}
}

func TestTheWordsOfCommandsAreThoseOfTheirRoom(t *testing.T) {
	if token.Open != remote.Open || token.Disable != remote.Disable || token.Enable != remote.Enable ||
		token.Restart != remote.Restart {
		t.Error("they are not")
	}
}

// What is behind a door that the centre has had opened, staff are asked to look at.
func TestADoorThatTheCentreOpensLeavesAQuestion(t *testing.T) {
	w := newCommanded(t)
	w.takes(protocol.Commands, idOf(command(1)), document(signedBy(t, command(1), "c1")),
		"remote.decided", "remote.command_obeyed", "opening.intended")
	w.ends(true)
	if p, _ := parcel.Parcels.Get(w.state(), "P-1"); !p.ToCheck || p.Compartment != "1" {
		t.Errorf("the parcel is %+v", p)
	}
	empty := command(2)
	empty.Door, empty.Parcel = "3", ""
	w.takes(protocol.Commands, idOf(empty), document(signedBy(t, empty, "c1")),
		"remote.decided", "remote.command_obeyed", "opening.intended")
	if c, _ := wall.Compartments.Get(w.state(), "3"); c.Allocation != wall.Reserved {
		t.Errorf("while it opens it is %s", c.Allocation)
	}
	w.ends(true)
	if c, _ := wall.Compartments.Get(w.state(), "3"); c.Allocation != wall.Quarantine {
		t.Errorf("afterwards it is %s", c.Allocation)
	}
}
