package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/parcel"
	"cubby/locker/view"
)

// seed repeats a random day.
var seed = flag.Uint64("seed", 0, "of the random day; 0 draws one")

// A day is a random day at a station, with what its people know of it.
type day struct {
	*station
	rng   *rand.Rand
	stock map[string]event // the parcels that were told to be stored, by id
	made  int
}

// On a random day couriers come and go, customers collect, strangers try, and
// the core is killed again and again. In the evening every parcel is where the
// station says, and every pulse can be explained.
func TestARandomDayWithCrashesKeepsEveryParcelInItsPlace(t *testing.T) {
	t.Parallel()
	n := *seed
	if n == 0 {
		n = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat this day with -args -seed=%d", n)
	d := &day{newStation(t), rand.New(rand.NewPCG(n, 0)), map[string]event{}, 0}
	d.courier = d.newCourier("Ada")
	for range 10 {
		what := []func(){d.deposits, d.deposits, d.collects, d.collects, d.strays}[d.rng.IntN(5)]
		what()
		d.settles()
	}
	d.evening()
	d.sound()
}

// dies kills the core and starts it again, sometimes.
func (d *day) dies() {
	d.t.Helper()
	if d.rng.IntN(3) > 0 {
		return
	}
	d.t.Logf("  the core is killed at %s", d.shown())
	before := d.told()
	d.crash()
	d.restart(before)
}

func (d *day) shown() view.Step {
	v, _ := d.now()
	return v.Step
}

// deposits has the courier bring a parcel, who does what the screen says.
func (d *day) deposits() {
	d.t.Helper()
	d.made++
	id := fmt.Sprintf("day-%d", d.made)
	d.t.Logf("%s is deposited", id)
	d.announceSized(id, 180+100*d.rng.IntN(3), 90, 60)
	d.dies()
	if d.shown() != view.StepCourierReady {
		d.scan(d.courier.badge)
		d.step(view.StepCourierReady)
	}
	d.dies()
	frames := len(d.unlocks())
	d.nextUnlock(frames, func() { d.scan(strings.ToUpper(id)) })
	d.dies()
	v := d.until("the door is open, or nobody knows", func(v view.View) bool {
		return v.Step == view.StepCourierOpen || v.Step == view.StepCourierNoOpen
	})
	if v.Step == view.StepCourierOpen {
		d.dies()
		d.put(v.Door())
		d.dies()
		d.until("the deposit is done", func(v view.View) bool { return v.Step == view.StepCourierReady })
	}
}

// collects has a customer fetch a parcel with its code.
func (d *day) collects() {
	d.t.Helper()
	for id, e := range d.stock {
		d.collectsOne(id, e)
		return
	}
}

func (d *day) collectsOne(id string, e event) {
	d.t.Helper()
	d.t.Logf("%s is collected from %s", id, e.Data.Compartment)
	d.leave()
	d.dies()
	frames := len(d.unlocks())
	d.nextUnlock(frames, func() { d.scan(e.Data.Code) })
	d.dies()
	v := d.until("the door is open, or nobody knows", func(v view.View) bool {
		return v.Step == view.StepPickupOpen || v.Step == view.StepToCheck || v.Step == view.StepNoOpen
	})
	if v.Step == view.StepPickupOpen {
		d.take(v.Door())
		d.dies()
		d.step(view.StepPickupDone)
	}
}

// collectsRested collects from a door that was driven once: this day is so short that
// other locks would have to cool down.
func (d *day) collectsRested() {
	d.t.Helper()
	driven := map[string]int{}
	for _, door := range d.unlocks() {
		driven[door]++
	}
	for id, e := range d.stock {
		if driven[e.Data.Compartment] == 1 {
			d.collectsOne(id, e)
			return
		}
	}
}

// strays has somebody try what does not open.
func (d *day) strays() {
	d.t.Helper()
	d.t.Log("somebody tries")
	d.leave()
	d.scan(fmt.Sprintf("NOTHING-%d", d.rng.Uint64()))
	d.step(view.StepPickupRefused)
	d.dies()
}

// settles brings the station to its idle page with all doors closed, as its
// people would, and asks what is stored now.
func (d *day) settles() {
	d.t.Helper()
	d.leave()
	if open := d.openDoors(); len(open) > 0 {
		d.t.Fatalf("doors %v stand open and the idle page is shown", open)
	}
	gone := map[string]bool{}
	for _, e := range d.told() {
		switch e.Type {
		case "parcel.stored":
			if e.Data.Code == "" {
				d.t.Fatalf("%s is told to be stored without its code", e.Data.Parcel)
			}
			d.stock[e.Data.Parcel] = e
		case "parcel.collected":
			if gone[e.Data.Parcel] {
				d.t.Fatalf("%s was collected twice", e.Data.Parcel)
			}
			gone[e.Data.Parcel] = true
		}
	}
	for id := range gone {
		delete(d.stock, id)
	}
}

// evening compares what the station believes with what is there.
func (d *day) evening() {
	d.t.Helper()
	d.allDoorsKnown()
	inside := map[string]bool{}
	for _, door := range d.doors() {
		inside[door.Number] = door.Inside
		if door.State != sim.StateClosed {
			d.t.Errorf("door %s is %s", door.Number, door.State)
		}
	}
	stored := map[string]string{}
	for id, e := range d.stock {
		p := d.parcel(id)
		if p.State != parcel.Stored || p.Compartment != e.Data.Compartment || !inside[p.Compartment] {
			d.t.Errorf("%s is %s at %q; there is something behind that door: %t", id, p.State, p.Compartment,
				inside[p.Compartment])
		}
		if other, twice := stored[p.Compartment]; twice {
			d.t.Errorf("%s and %s are both at door %s", id, other, p.Compartment)
		}
		stored[p.Compartment] = id
	}
	for number, b := range d.boxes() {
		if inside[number] != (stored[number] != "") {
			d.t.Errorf("door %s: something inside %t, stored there %q", number, inside[number], stored[number])
		}
		if (b.Allocation == "occupied") != (stored[number] != "") {
			d.t.Errorf("door %s is %s, stored there %q", number, b.Allocation, stored[number])
		}
	}
	intended := []string{}
	for _, e := range d.told() {
		if e.Type == "opening.intended" {
			intended = append(intended, e.Data.Compartment)
		}
	}
	if got := d.unlocks(); !slices.Equal(got, intended) {
		d.t.Errorf("doors %v were unlocked, and the log explains %v", got, intended)
	}
}
