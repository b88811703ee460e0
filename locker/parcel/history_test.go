package parcel

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// history is a random life of a station: people do what they like, locks and
// lines fail, the core is killed. After every step the invariants must hold.
type history struct {
	*stage
	codes    []string              // every code hash ever issued, used ones too
	pins     []string              // and every PIN
	physical map[string]door.State // where the doors really are
	pending  []door.Order          // orders whose outcome has not been told
	deadline map[string]time.Time
	// doors whose locks may have been driven and that were not read closed since
	unread map[string]bool
	failed map[string]time.Time // when the last opening of a door failed
	alone  bool                 // there is one terminal
	// how many clients announce what is brought, beside the first
	clients int
	mail    map[string]string // of recipients, also of those who are erased
	well    bool              // in the end the world is well, and time passes
}

func (h *history) decide(t *rapid.T, c visit.Command) {
	before, was := len(h.facts), h.here()
	switch c.(type) {
	case visit.Present, visit.Do, visit.TypePIN:
	default:
		h.terminal = "" // nobody's command
	}
	d, err := h.try(c)
	if err != nil {
		if ledger.CodeOf(err) == ledger.Internal {
			t.Fatalf("%T: %v", c, err)
		}
		return
	}
	if _, start := c.(visit.Start); start && len(visit.EffectsOf[door.Order](d)) > 0 {
		t.Fatal("a restart ordered a door open")
	}
	if _, scan := c.(visit.Present); scan && (d.Heard == "") == visit.LooksAlike(was, h.here()) {
		t.Fatalf("%+v on %s is answered %q, and then the page is %s", c, was.Step, d.Heard, h.here().Step)
	}
	for _, o := range visit.EffectsOf[door.Order](d) {
		intended := slices.ContainsFunc(d.Facts, func(f ledger.Fact) bool {
			i, ok := f.(*wall.OpeningIntended)
			return ok && i.Opening == o.Opening && i.Compartment == o.Compartment
		})
		if !intended {
			t.Fatalf("order %+v without the fact that it is intended", o)
		}
		for _, other := range h.openings {
			if other.UnderWay() && !other.Abandoned && other.ID != o.Opening { // all are of one bank
				t.Fatalf(
					"%T ordered door %s open while door %s is somebody's",
					c,
					o.Compartment,
					other.Compartment,
				)
			}
		}
		if h.openings[o.Opening].Actor == "courier:k1" && h.couriers["k1"].Removed {
			t.Fatalf("%T ordered a door open for a removed courier", c)
		}
		h.meant(t, c, h.openings[o.Opening])
		h.barred(t, c, h.openings[o.Opening], d.Facts)
	}
	h.blame(t, c, d.Facts)
	h.entitled(t, c, d.Facts)
	for id, r := range h.recipients {
		h.mail[id] = strings.ToLower(r.Email)
	}
	h.pending = append(h.pending, visit.EffectsOf[door.Order](d)...)
	for _, f := range h.facts[before:] {
		switch f := f.(type) {
		case *ParcelStored:
			h.codes, h.pins = append(h.codes, f.Hashes.Code), append(h.pins, f.Hashes.PIN)
		case *ParcelShelved:
			if f.Arrived {
				h.codes, h.pins = append(h.codes, f.Hashes.Code), append(h.pins, f.Hashes.PIN)
			}
		case *Delegated:
			h.codes, h.pins = append(h.codes, f.Hashes.Code), append(h.pins, f.Hashes.PIN)
		case *CodeReissued:
			h.codes, h.pins = append(h.codes, f.Hashes.Code), append(h.pins, f.Hashes.PIN)
		}
	}
}

// entitled holds that a code opens no other parcel's door than its own, unless both are for
// the same person or of the same order, and one client has announced both.
func (h *history) entitled(t *rapid.T, c visit.Command, facts []ledger.Fact) {
	for _, f := range facts {
		f, ok := f.(*PickupAuthorised)
		if ok && (f.Credential == ByDelegate || f.Credential == ByDelegatePIN) {
			if l := listOf(h.here()); len(l.List) > 0 || f.Shown != "" {
				t.Fatalf("%T let a delegate in to %+v, with %+v", c, f, l)
			}
		}
		if !ok || f.Shown == "" {
			continue
		}
		p, shown := h.parcels[f.ParcelID], h.parcels[f.Shown]
		if p.AnnouncedBy == "" || p.AnnouncedBy != shown.AnnouncedBy || h.mail[p.ID] == "" ||
			h.mail[p.ID] != h.mail[shown.ID] {
			t.Fatalf("%T opened the door of %+v with the code of %+v", c, p, shown)
		}
	}
}

// blame holds that no door is told to be forced that may have been opened by its
// lock, and that none is taken for an opening that cannot have opened it.
func (h *history) blame(t *rapid.T, c visit.Command, facts []ledger.Fact) {
	seen, _ := c.(visit.SeeDoor)
	if seen.State == door.Closed {
		h.unread[seen.Compartment] = false
	}
	if _, start := c.(visit.Start); start {
		for _, o := range h.openings {
			h.unread[o.Compartment] = h.unread[o.Compartment] || o.State == wall.Interrupted
		}
	}
	for _, f := range facts {
		switch f := f.(type) {
		case *wall.OpeningEnded:
			h.failed[f.Compartment] = h.now
			looked := f.Result == door.ConfirmedOpen || f.Result == door.Stuck ||
				f.Result == door.Refused && f.Pulsed
			h.unread[f.Compartment] = !looked && (f.Pulsed || h.unread[f.Compartment])
		case *wall.OpeningToCheck:
			h.failed[f.Compartment] = h.now
			h.unread[f.Compartment] = seen.State != door.Closed
		case *wall.DoorForced:
			if h.unread[f.Compartment] {
				t.Fatalf("%T: door %s was driven, not read closed since, and is told to be forced", c,
					f.Compartment)
			}
		case *wall.OpeningAdopted:
			o, box := h.openings[f.Opening], h.compartments[f.Compartment]
			if since := h.now.Sub(h.failed[f.Compartment]); !h.unread[f.Compartment] &&
				since > wall.LateHere {
				t.Fatalf("%T: door %s was read closed after its pulse, and is taken for an opening that "+
					"failed %s ago",
					c, f.Compartment, since)
			}
			if o.Abandoned && (box.Offerable() || box.Allocation == wall.Free) {
				t.Fatalf("%T: door %s opened when nobody waited for it, and is %s", c, f.Compartment,
					box.Allocation)
			}
		}
	}
}

// meant holds that a door is ordered open only for a parcel that is to go through it.
func (h *history) meant(t *rapid.T, c visit.Command, o wall.Opening) {
	states := map[wall.Purpose][]State{
		wall.ForPickup: {Collecting}, wall.ForDeposit: {Booked, Depositing}, wall.ForUndo: {Stored},
	}[o.Purpose]
	p, box := h.parcels[o.Parcel], h.compartments[o.Compartment]
	if o.Purpose == wall.ForReopen && box.Parcel == "" && p.State == Collected {
		return
	}
	if !slices.Contains(states, p.State) || p.Compartment != o.Compartment || box.Parcel != p.ID {
		t.Fatalf(
			"%T ordered door %s (%s) open for %s of %s, which is %s behind %q",
			c,
			o.Compartment,
			box.Allocation,
			o.Purpose,
			o.Parcel,
			p.State,
			p.Compartment,
		)
	}
	if p.OnHold != nil && o.Purpose == wall.ForPickup {
		t.Fatalf("%T ordered door %s open for the bearer of %s, which is held", c, o.Compartment, o.Parcel)
	}
}

func (h *history) see(t *rapid.T, number string, p door.Presence) {
	h.decide(
		t,
		visit.SeeDoor{
			Seen: door.Seen{Compartment: number, State: h.physical[number], Presence: p, At: h.now},
		},
	)
}

var presences = rapid.SampledFrom([]door.Presence{door.PresenceUnknown, door.Empty, door.Present})

// labelled draws a spelling of the label with this number.
func labelled(t *rapid.T, number int) string {
	ssccs := []string{"340123450000000017", "340123450000000024", "340123450000000031", "340123450000000048",
		"340123450000000055", "340123450000000062", "340123450000000079", "340123450000000086"}
	return rapid.SampledFrom([]string{"", "00", "(00)", "]C100"}).Draw(t, "spelled with") + ssccs[number]
}

// carried draws a form in which a carrier prints this number.
func carried(t *rapid.T, number int) string {
	numbers := []string{
		"925989385163", "785458233610", "784917580286", "408017007469", "435075176056", "986578788855",
		"477179081230",
		"799531274483",
	}
	return fmt.Sprintf(rapid.SampledFrom([]string{"%s", "00%s", "A%sA", "]F0a%sb"}).Draw(t, "printed as"),
		numbers[number])
}

// goes has whatever comes next happen at one of two terminals.
func (h *history) goes(t *rapid.T) {
	if h.alone {
		return
	}
	h.terminal = rapid.SampledFrom([]string{"", "desk"}).Draw(t, "terminal")
}

// here is who is at that terminal.
func (h *history) here() visit.Visit {
	v, _ := visit.Visits.Get(ledger.NewState(h), cmp.Or(h.terminal, visit.Kiosk))
	return v
}

// check holds the invariants against the state.
func (h *history) check(t *rapid.T) {
	bound := map[string]string{}
	for _, n := range h.numbers {
		c := h.compartments[n]
		if c.Allocation == wall.Occupied {
			p := h.parcels[c.Parcel]
			if !p.State.Inside() || p.Compartment != n {
				t.Fatalf("door %s is occupied by %q, which is %s in %q", n, c.Parcel, p.State, p.Compartment)
			}
		}
		if p, ok := h.parcels[c.Parcel]; c.Allocation == wall.Reserved && ok && p.State != Collected {
			if (p.State != Booked && p.State != Depositing) || p.Compartment != n {
				t.Fatalf("door %s is reserved for %q, which is %s in %q", n, c.Parcel, p.State, p.Compartment)
			}
		}
		if c.Parcel != "" {
			if other, twice := bound[c.Parcel]; twice {
				t.Fatalf("parcel %s is bound to doors %s and %s", c.Parcel, other, n)
			}
			bound[c.Parcel] = n
		}
	}
	if v := station.ViewOf(h, h.env()); v.Kind == "" || !slices.Equal(v.Payloads(), []view.Kind{v.Kind}) {
		t.Fatalf("the view of %s is of kind %q and has the payloads %v", v.Step, v.Kind, v.Payloads())
	}
	visits, attended := visit.Visits.All(ledger.NewState(h)), map[string]bool{}
	for _, v := range visits {
		attended[v.ID] = true
		if o := h.openings[v.Opening]; o.State != wall.IsOpen &&
			(v.Step == view.StepCourierOpen || v.Step == view.StepPickupOpen) {
			t.Fatalf("the screen shows %s for an opening that is %s", v.Step, o.State)
		}
		if v.Actor == "courier:k1" && h.couriers["k1"].Removed && station.Page(v).Clock != visit.WaitDoor {
			t.Fatalf("a removed courier is on %s", v.Step)
		}
		if station.NextTick(h, h.env()).IsZero() {
			t.Fatalf("nothing ever ends the page %s", v.Step)
		}
	}
	for _, o := range h.openings {
		if o.UnderWay() && !o.Abandoned {
			if !attended[o.Visit] {
				t.Fatalf("opening %+v is under way for visit %q, which is not here", o, o.Visit)
			}
		}
	}
	var expected []Parcel
	for id, p := range h.parcels {
		if !p.State.Final() {
			for text := range p.allLabels {
				keys := label.Keys(text)
				if i := slices.IndexFunc(expected, func(other Parcel) bool {
					return means(other, keys)
				}); i >= 0 {
					t.Fatalf("%s and %s both have the label %s", expected[i].ID, id, text)
				}
			}
			expected = append(expected, p)
		}
		if p.State.Inside() && (p.Compartment == "" || h.compartments[p.Compartment].Parcel != id) {
			t.Fatalf("parcel %s is %s in %q, which holds %q", id, p.State, p.Compartment,
				h.compartments[p.Compartment].Parcel)
		}
		live := slices.ContainsFunc(h.CredentialsOf(id), func(c Credential) bool { return c.State == Live })
		want := p.State == Stored || p.State == Collecting || p.State == Expired ||
			p.State == CounterHeld && h.keeps(id)
		if p.Code != nil && (p.Code.Revoked || p.State == CounterHeld) {
			want = live // a newer token may open it, and it may have got a code at the counter
		}
		if live != want {
			t.Fatalf("parcel %s is %s and has a live credential: %t", id, p.State, live)
		}
		if p.CounterAt != nil && p.State != CounterHeld && p.State != Collected {
			t.Fatalf("parcel %s is %s, and at the counter since %s", id, p.State, p.CounterAt)
		}
		if n, is := bound[id]; (p.State == CounterHeld || p.State == Missing) && (is || p.Compartment != "") {
			t.Fatalf("parcel %s is %s, and bound to door %s%s", id, p.State, n, p.Compartment)
		}
		if r, end := h.Recipient(id), p.over(0); r != nil && end != nil && !h.now.Before(*end) {
			t.Fatalf("parcel %s is %s and %+v is kept", id, p.State, r)
		}
		if p.OnHold != nil && p.State.Final() {
			t.Fatalf("parcel %s is %s and held", id, p.State)
		}
		switch p.State {
		case Stored, Collecting, Expired:
			if d, ok := h.deadline[id]; ok && p.Deadline.Before(d) {
				t.Fatalf("the deadline of %s moved back from %s to %s", id, d, p.Deadline)
			}
			h.deadline[id] = *p.Deadline
		default:
			delete(h.deadline, id)
		}
		h.inOnePlace(t, p)
	}
	station.ViewOf(h, h.env())
}

// keeps reports whether the parcel came to the counter with its code, or got one there.
func (h *history) keeps(id string) bool {
	for _, f := range slices.Backward(h.facts) {
		if f, ok := f.(*ParcelCounterHeld); ok && (f.ParcelID == id || f.ParcelID == h.parcels[id].Was) {
			return f.KeepsCode
		}
		if f, ok := f.(*ParcelShelved); ok && f.Arrived && (f.ParcelID == id || f.ParcelID == h.parcels[id].Was) {
			return true
		}
	}
	return false
}

// checkLog holds the invariants against everything that happened.
func (h *history) checkLog(t *rapid.T) {
	collected, over := map[string]int{}, map[string]bool{} // over: cancelled or expired
	// by compartment, since its last opening was intended
	opened, closed := map[string]bool{}, map[string]bool{}
	held, atCounter := map[string]bool{}, map[string]bool{}
	for _, f := range h.facts {
		switch f := f.(type) {
		case *wall.OpeningIntended:
			opened[f.Compartment], closed[f.Compartment] = false, false
			if atCounter[f.Parcel] && f.Purpose != wall.ForReopen {
				t.Fatalf("%s is at the counter, and door %s was opened for it", f.Parcel, f.Compartment)
			}
			if held[f.Parcel] && f.Purpose == wall.ForPickup {
				t.Fatalf("%s was opened for its bearer while it was held", f.Parcel)
			}
		case *ParcelRenamed:
			collected[f.ParcelID], over[f.ParcelID] = collected[f.Was], over[f.Was]
			held[f.ParcelID], atCounter[f.ParcelID] = held[f.Was], atCounter[f.Was]
		case *ParcelHeld:
			held[f.ParcelID] = true
		case *ParcelReleased:
			held[f.ParcelID] = false
		case *wall.DoorOpened:
			opened[f.Compartment], closed[f.Compartment] = true, false
		case *wall.OpeningEnded:
			if f.Result == door.ConfirmedOpen {
				opened[f.Compartment] = true
			}
		case *wall.DoorClosed:
			closed[f.Compartment] = opened[f.Compartment]
		case *ParcelDisputed:
			if collected[f.ParcelID] = 0; atCounter[f.ParcelID] {
				t.Fatalf("%s is at the counter, and something was wrong behind door %s", f.ParcelID, f.Compartment)
			}
		case *ParcelShelved:
			if f.Arrived && collected[f.ParcelID] > 0 {
				t.Fatalf("%s came to the shelf after it was collected", f.ParcelID)
			}
			atCounter[f.ParcelID] = true
		case *ParcelRemoved:
			over[f.ParcelID], atCounter[f.ParcelID] = true, false
		case *ParcelCancelled:
			over[f.ParcelID] = true
		case *ParcelExpired:
			over[f.ParcelID] = true
		case *ParcelCounterHeld:
			if collected[f.ParcelID] > 0 {
				t.Fatalf("%s came to the counter after it was collected", f.ParcelID)
			}
			over[f.ParcelID], atCounter[f.ParcelID] = true, true
		case *ParcelWrittenOff:
			over[f.ParcelID], atCounter[f.ParcelID] = true, false
		case *ParcelHandedOver:
			if collected[f.ParcelID]++; collected[f.ParcelID] > 1 || !atCounter[f.ParcelID] {
				t.Fatalf("%s handed over, at the counter %t, for the %d. time", f.ParcelID,
					atCounter[f.ParcelID],
					collected[f.ParcelID])
			}
		case *DepositFailure: // expired, but its courier has it
			over[f.ParcelID] = false
		case *ParcelBooked:
			if over[f.ParcelID] {
				t.Fatalf("%s booked, after it was cancelled or had expired", f.ParcelID)
			}
		case *ParcelStored:
			if !closed[f.Compartment] {
				t.Fatalf("%s stored behind door %s, which did not open and close for it", f.ParcelID,
					f.Compartment)
			}
		case *ParcelCollected:
			if collected[f.ParcelID]++; collected[f.ParcelID] > 1 {
				t.Fatalf("%s collected twice", f.ParcelID)
			}
			if !closed[f.Compartment] {
				t.Fatalf("%s collected from door %s, which did not open and close for it", f.ParcelID,
					f.Compartment)
			}
		}
	}
}

// checkReplay applies the facts as the log keeps them to a fresh wall and compares.
func (h *history) checkReplay(t *rapid.T, wall []wall.Compartment) {
	again := newStage(wall...)
	for i, f := range h.facts {
		state := ledger.NewState(again)
		logged(t, f).Apply(state, h.times[i])
		again.merge(state.Changes())
	}
	for name, pair := range map[string][2]any{
		"parcels": {h.parcels, again.parcels}, "compartments": {h.compartments, again.compartments},
		"openings":    {h.openings, again.openings},
		"credentials": {h.credentials, again.credentials}, "tokens": {h.tokens, again.tokens},
		"visit":  {h.visit, again.visit},
		"visits": {h.elsewhere, again.elsewhere}, "guard": {h.guard, again.guard},
		"calendar": {h.calendar, again.calendar},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Fatalf("replaying the log gives other %s:\n%+v\n%+v", name, pair[0], pair[1])
		}
	}
}

// logged writes a fact as the log does, and reads it back.
func logged(t rapid.TB, f ledger.Fact) ledger.Fact {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var private []byte
	if p, ok := f.(ledger.PrivatePart); ok {
		if private, err = json.Marshal(p.Private()); err != nil {
			t.Fatal(err)
		}
	}
	read, err := station.Ledger.Read(f.Type(), data, private)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestNoHistoryBreaksAnInvariant(t *testing.T) { play(t, false, (*history).steps) }

func TestNoHistoryOfTheCounterBreaksAnInvariant(t *testing.T) { play(t, true, (*history).counterSteps) }

func TestNoHistoryOfWaysToCollectBreaksAnInvariant(t *testing.T) {
	play(t, true, (*history).waysSteps)
}

func play(t *testing.T, alone bool, steps func(*history, *rapid.T) map[string]func(*rapid.T)) {
	rapid.Check(t, func(t *rapid.T) {
		wall := []wall.Compartment{box("1", 400, 110, 500), box("2", 400, 190, 500), box("3", 400, 390, 500)}
		wall[1].Accessible = true
		h := &history{stage: newStage(wall...), alone: alone, clients: 2, physical: map[string]door.State{},
			deadline: map[string]time.Time{}, unread: map[string]bool{}, mail: map[string]string{},
			failed: map[string]time.Time{}}
		for _, n := range h.numbers {
			h.physical[n] = door.Closed
		}
		if rapid.Bool().Draw(t, "takes what is not announced") {
			h.policy.Rooms = map[string]any{"parcel": Settings{Unannounced: true}}
		}
		t.Repeat(steps(h, t))
		if h.well {
			h.getsWell(t)
		}
		h.checkLog(t)
		h.checkPauses(t)
		h.checkReplay(t, wall)
	})
}

// TestMain plays more histories than rapid does by itself; they are cheap.
// -rapid.checks says how many, -rapid.seed repeats one.
func TestMain(m *testing.M) {
	flag.Parse()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("1000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
