package station

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// hardware records orders and answers them as the test says.
type hardware struct {
	mu     sync.Mutex // guards orders
	orders []door.Order
	given  chan door.Order
}

func (w *hardware) Order(o door.Order) {
	w.mu.Lock()
	w.orders = append(w.orders, o)
	w.mu.Unlock()
	w.given <- o
}

func (w *hardware) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.orders)
}

const patience = 2 * time.Minute

// rig is a station with a real store and a wall played by the test.
type rig struct {
	*Station
	store *store.Store
	wall  *hardware
	stop  func() error // ends Run and returns what it said
	t     testing.TB
}

func policy() visit.Policy {
	return visit.Policy{PickupHours: 48, OrderDays: 100, FreePINTries: 3, PageTimeout: time.Minute,
		CourierTimeout: 2 * time.Minute,
		DoorTimeout:    2 * time.Minute,
		Thanks:         10 * time.Second, MaxExtensions: 10, CourierReceipt: true,
		Languages: []string{"en", "zh-Hans"},
		Rooms:     map[string]any{"customers": customers.Settings{Asked: true, Days: 3}}}
}

// start opens the station in dir. It does not wait for the first commit.
func start(t testing.TB, dir string) *rig {
	t.Helper()
	return startWith(t, dir, nil)
}

// startWith is start with a printer.
func startWith(t testing.TB, dir string, paper Printer) *rig {
	t.Helper()
	return startOn(t, newMachine(), dir, paper)
}

// startOn is startWith on a machine whose clocks the test sets.
func startOn(t testing.TB, m *machine, dir string, paper Printer, terminals ...Terminal) *rig {
	t.Helper()
	keys, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), dir, "test", keys)
	if err != nil {
		t.Fatal(err)
	}
	var boxes []wall.Compartment
	for i := range 4 {
		boxes = append(boxes, wall.Compartment{
			Number: fmt.Sprint(i + 1), Size: "S", Bank: "main", Inner: wall.Box{
				Width: 400, Height: 100 + 100*i, Depth: 500,
			},
		})
	}
	w := &hardware{given: make(chan door.Order, 64)}
	rules := policy()
	if m.pauses {
		rules.Rooms = map[string]any{
			"parcel": parcel.Settings{PauseAfter: 15 * time.Minute, ResumeGrace: 12 * time.Hour},
		}
	}
	s, err := New(context.Background(), Config{Name: "Test", Store: st, Keys: keys, Doors: w, Printer: paper,
		Policy: rules, Compartments: boxes, Wall: view.Wall{Screen: view.Door{WidthMM: 1}},
		Clocks: m.read, Status: m.told, Terminals: terminals,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r := &rig{Station: s, store: st, wall: w, t: t}
	once := sync.OnceValue(func() error { cancel(); err := <-ended; st.Close(); return err })
	r.stop = once
	t.Cleanup(func() { once() })
	return r
}

// closed tells that every door has been read and is closed.
func (r *rig) closed() {
	for i := range 4 {
		r.DoorSeen(door.Seen{Compartment: fmt.Sprint(i + 1), State: door.Closed, At: time.Now()})
	}
}

// until waits for a view; the test fails when it does not come.
func (r *rig) until(step view.Step) view.View {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var last view.View
	for v := range r.Views(ctx, "") {
		if last = v; v.Step == step {
			return v
		}
	}
	r.t.Fatalf("the screen never came to %s; it is on %s (%s)", step, last.Step, last.Reason)
	return last
}

func (r *rig) act(name view.ActionName, value string) {
	r.t.Helper()
	v := r.View("")
	a := view.Action{
		Visit: v.Visit, Name: name, Value: value, Step: v.Step, Door: v.Door(), Parcel: v.Parcel(),
	}
	if err := r.Act(context.Background(), a); err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
}

// opens answers the next order with an open door.
func (r *rig) opens() door.Order {
	r.t.Helper()
	o := <-r.wall.given
	r.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Open, At: time.Now()})
	r.OpeningEnded(door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true,
		At: time.Now(),
	})
	return o
}

// closes shuts the door, on the parcel that came or behind the one that went.
func (r *rig) closes(o door.Order) {
	inside := door.Present
	if r.View("").Step == view.StepPickupOpen {
		inside = door.Empty
	}
	r.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Closed, Presence: inside, At: time.Now()})
}

// deposit announces and stores a parcel and returns its code and PIN, as the feed tells them.
func (r *rig) deposit(id string) (code, pin string) {
	r.t.Helper()
	receipt := r.courierAtReceipt(id)
	r.act(view.ActBack, "")
	r.act(view.ActFinish, "")
	r.act(view.ActFinish, "")
	r.until(view.StepIdle)
	return receipt.OfCourier().Code, receipt.OfCourier().PIN
}

// courierAtReceipt announces and stores a parcel and shows its courier the receipt.
func (r *rig) courierAtReceipt(id string) view.View {
	r.t.Helper()
	ctx := context.Background()
	if _, _, err := r.Announce(ctx, id, parcel.Announcement{Label: "L-" + id}, ledger.Condition{},
		"key:test"); err != nil {
		r.t.Fatal(err)
	}
	c, err := r.AddCourier(ctx, people.Tools, "North", nil, "staff")
	if err != nil {
		r.t.Fatal(err)
	}
	r.Scanned("", []byte(c.Badge))
	r.until(view.StepCourierReady)
	r.Scanned("", []byte("L-"+id))
	o := r.opens()
	r.until(view.StepCourierOpen)
	r.closes(o)
	v := r.until(view.StepCourierReady)
	if v.OfCourier().Count != 1 {
		r.t.Fatalf("count %d", v.OfCourier().Count)
	}
	r.act(view.ActReceipt, "")
	return r.until(view.StepCourierReceipt)
}

func TestAParcelGoesThroughTheWholeStation(t *testing.T) {
	r := start(t, t.TempDir())
	r.closed()
	code, _ := r.deposit("p1")
	r.Scanned("", []byte(code))
	o := r.opens()
	r.until(view.StepPickupOpen)
	r.closes(o)
	r.until(view.StepPickupDone)
	p, _, err := r.store.Parcel(t.Context(), "p1")
	if err != nil || p.State != parcel.Collected {
		t.Errorf("parcel %s, %v", p.State, err)
	}
	if n, err := r.store.Verify(t.Context()); err != nil || n == 0 {
		t.Errorf("%d events, %v", n, err)
	}
}

func TestAPINOpensTheDoorOnce(t *testing.T) {
	r := start(t, t.TempDir())
	r.closed()
	_, pin := r.deposit("p1")
	r.act(view.ActStartPickup, "")
	r.act(view.ActPIN, pin)
	o := r.opens()
	r.until(view.StepPickupOpen)
	r.closes(o)
	r.until(view.StepPickupDone)
	r.act(view.ActFinish, "")
	before := r.wall.count()
	r.act(view.ActStartPickup, "")
	r.act(view.ActPIN, pin)
	if v := r.until(view.StepPickupRefused); v.Reason != view.ReasonCollected {
		t.Errorf("the used PIN is answered with %q", v.Reason)
	}
	if r.wall.count() != before {
		t.Error("the used PIN opened a door")
	}
}

func TestARestartTakesUpTheVisitWithoutAPulse(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	r.closed()
	code, _ := r.deposit("p1")
	r.Scanned("", []byte(code))
	o := r.opens()
	r.until(view.StepPickupOpen)
	r.stop()

	r = start(t, dir)
	r.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Open, At: time.Now()})
	if v := r.until(view.StepPickupOpen); v.Door() != o.Compartment {
		t.Errorf("the screen shows door %q, want %q", v.Door(), o.Compartment)
	}
	r.closes(o)
	r.until(view.StepPickupDone)
	if n := r.wall.count(); n != 0 {
		t.Errorf("%d orders after the restart", n)
	}
}

func TestNothingIsDrivenWhenTheStoreFails(t *testing.T) {
	r := start(t, t.TempDir())
	r.closed()
	code, _ := r.deposit("p1")
	before := r.wall.count()
	r.store.Close() // as good as a disk that is gone
	r.Scanned("", []byte(code))
	r.until(view.StepUnavailable)
	if r.wall.count() != before {
		t.Error("a door was ordered open without a commit")
	}
	if err := r.Ready(); ledger.CodeOf(err) != ledger.Unavailable {
		t.Errorf("ready: %v", err)
	}
	if _, _, err := r.Announce(t.Context(), "q", parcel.Announcement{}, ledger.Condition{},
		"x"); ledger.CodeOf(err) != ledger.Unavailable {
		t.Errorf("announce: %v", err)
	}
	if err := r.stop(); err == nil {
		t.Error("Run ended as if nothing had happened")
	}
}

func TestAnnouncementsFromManySidesAreEachKeptOnce(t *testing.T) {
	r := start(t, t.TempDir())
	var wg sync.WaitGroup
	for side := range 8 {
		wg.Go(func() {
			for i := range 25 {
				id := fmt.Sprintf("p%d", (side*13+i)%50)
				if _, _, err := r.Announce(t.Context(), id, parcel.Announcement{OrderID: id},
					ledger.Condition{},
					"x"); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
		})
	}
	wg.Wait()
	page, err := r.store.Feed(t.Context(), 0, 100, false)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(page.Events), `"type":"parcel.announced"`); n != 50 {
		t.Errorf("50 parcels were told %d times", n)
	}
	if n := strings.Count(string(page.Events), `"type":"parcel.changed"`); n != 0 {
		t.Errorf("repeating an announcement was told %d times", n)
	}
}

func TestPagesEndByThemselvesAndMoreTimeHelps(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		synctest.Wait()
		r.closed()
		r.act(view.ActStartPickup, "")
		v := r.View("")
		if left := v.TimeoutInMs - v.WarnInMs; left < 20_000 {
			t.Errorf("the warning comes %d ms before the end, want at least 20 s", left)
		}
		for i := range 10 {
			time.Sleep(50 * time.Second)
			synctest.Wait()
			if r.View("").Step != view.StepPickupEnter {
				t.Fatalf("after %d extensions the page is gone", i)
			}
			r.act(view.ActMoreTime, "")
		}
		if r.View("").Allows(view.ActMoreTime) {
			t.Error("more time is offered for ever")
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if v := r.View(""); v.Step != view.StepIdle || v.Visit != "" {
			t.Errorf("the page is still %s", v.Step)
		}
		r.stop()
	})
}

func TestAMissingScannerIsSaidWhereOneWouldScan(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		synctest.Wait()
		r.closed()
		says := func() bool {
			synctest.Wait()
			return slices.Contains(r.View("").Notices, view.NoticeNoScanner)
		}
		r.DeviceChanged(health.Device{Name: "scanner", State: "gone", Detail: "unplugged"})
		if !says() {
			t.Error("the idle page does not say it")
		}
		r.act(view.ActStartPickup, "")
		if !says() {
			t.Error("the page to enter a code does not say it")
		}
		r.DeviceChanged(health.Device{Name: "scanner", State: "working"})
		if says() {
			t.Error("it is still said when the scanner is back")
		}
		r.stop()
	})
}

func TestTheLogIsTidiedWhileNobodyAsks(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		for i := range 100 {
			if _, _, err := r.Announce(context.Background(), fmt.Sprint("p", i), parcel.Announcement{},
				ledger.Condition{}, "key:test"); err != nil {
				t.Fatal(err)
			}
		}
		if !r.store.Untidy() {
			t.Fatal("after a hundred announcements there is nothing to tidy")
		}
		time.Sleep(tidyWhen)
		synctest.Wait()
		if r.store.Untidy() {
			t.Error("the log lies there untidied")
		}
		r.stop()
	})
}

func TestTheLogIsNotTidiedBeforeSomebodyAtTheStation(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		synctest.Wait()
		r.act(view.ActStartPickup, "")
		for i := range 100 {
			if _, _, err := r.Announce(context.Background(), fmt.Sprint("p", i), parcel.Announcement{},
				ledger.Condition{}, "key:test"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * tidyWhen)
		synctest.Wait()
		if !r.store.Untidy() {
			t.Error("the log was tidied while somebody may be about to scan a code")
		}
		r.act(view.ActBack, "")
		time.Sleep(tidyWhen)
		synctest.Wait()
		if r.store.Untidy() {
			t.Error("the log lies there untidied, and nobody is here")
		}
		r.stop()
	})
}

func TestTheLanguageEndsWithTheVisit(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		synctest.Wait()
		r.closed()
		r.act(view.ActLanguage, "zh-Hans")
		r.act(view.ActStartPickup, "")
		if v := r.View(""); v.Language != "zh-Hans" || v.Step != view.StepPickupEnter {
			t.Errorf("%s in %s", v.Step, v.Language)
		}
		r.act(view.ActBack, "")
		synctest.Wait()
		if v := r.View(""); v.Language != "en" {
			t.Errorf("the next person is greeted in %s", v.Language)
		}
		if err := r.Act(context.Background(), view.Action{
			Name: view.ActLanguage, Value: "xx",
		}); ledger.CodeOf(err) != ledger.Invalid {
			t.Errorf("a language that is not offered: %v", err)
		}
		r.stop()
	})
}

func TestAParcelExpiresWhenItsTimeIsOver(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		synctest.Wait()
		r.closed()
		code, _ := r.deposit("p1")
		time.Sleep(49 * time.Hour)
		synctest.Wait()
		if p, _, _ := r.store.Parcel(context.Background(), "p1"); p.State != parcel.Expired {
			t.Errorf("the parcel is %s", p.State)
		}
		before := r.wall.count()
		r.Scanned("", []byte(code))
		r.until(view.StepPickupRefused)
		if r.wall.count() != before {
			t.Error("an expired code opened a door")
		}
		r.stop()
	})
}

func TestAHoldOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	r.closed()
	code, _ := r.deposit("p1")
	held, err := r.Hold(t.Context(), people.Doer{}, "p1", "", "refunded", ledger.Condition{}, "key:test")
	if err != nil || held.OnHold == nil || held.OnHold.Reason != "refunded" {
		t.Fatalf("held as %+v, %v", held, err)
	}
	r.stop()
	r = start(t, dir)
	r.closed()
	before := r.wall.count()
	r.Scanned("", []byte(code))
	if v := r.until(view.StepPickupRefused); v.Reason != view.ReasonOnHold {
		t.Errorf("the held parcel's code is answered with %q", v.Reason)
	}
	if r.wall.count() != before {
		t.Error("the held parcel's code opened a door")
	}
	if _, err := r.Release(t.Context(), people.Doer{}, "p1", "", ledger.Condition{}, "key:test"); err != nil {
		t.Fatal(err)
	}
	r.Scanned("", []byte(code))
	r.opens()
	r.until(view.StepPickupOpen)
	if n, err := r.store.Verify(t.Context()); err != nil || n == 0 {
		t.Errorf("%d events, %v", n, err)
	}
}
