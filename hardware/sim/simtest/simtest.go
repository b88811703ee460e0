// Package simtest puts a simulated site beneath a test: it opens with the test,
// plays what the test says and ends with it. Its functions end the test when
// something cannot be done, so they are for the test's own goroutine.
package simtest

import (
	"testing"

	"cubby/hardware/sim"
	"cubby/locker/view"
)

// Open opens a site that is closed with the test.
func Open(t testing.TB, plan sim.Plan) *sim.Site {
	t.Helper()
	site, err := sim.Open(plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	return site
}

// Wall is a wall with these doors, all of one size. The simulation does not mind
// where they are.
func Wall(doors ...string) (w view.Wall) {
	for _, number := range doors {
		w.Doors = append(w.Doors, view.Door{Number: number, WidthMM: 400, HeightMM: 200})
	}
	return w
}

// Fault makes something go wrong; the value "off" ends it.
func Fault(t testing.TB, site *sim.Site, kind, target, value string) {
	t.Helper()
	if err := site.SetFault(sim.Fault{Kind: kind, Target: target, Value: value}); err != nil {
		t.Fatal(err)
	}
}

// PullOut unplugs a device that will come back under another name.
func PullOut(t testing.TB, site *sim.Site, device string) {
	t.Helper()
	Fault(t, site, "rename", device, "on")
	Fault(t, site, "unplug", device, "on")
}

// PlugIn plugs a device in again.
func PlugIn(t testing.TB, site *sim.Site, device string) {
	t.Helper()
	Fault(t, site, "unplug", device, "off")
}
