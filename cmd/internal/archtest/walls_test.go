package archtest

import (
	"slices"
	"strings"
	"testing"
)

// A wall says what some packages may depend on. Exactly one of the last three
// members is set.
type wall struct {
	name   string
	of     []string // the packages with these paths and below
	except []string // but not these

	onlyOurs []string // of this project, they may import these and below
	onlyStd  bool     // beside their own folder, the standard library alone, indirectly too
	never    []string // not these and below, indirectly neither
}

var walls = []wall{
	{name: "the rules know the standard library and their own words only",
		of: []string{"cubby/locker"}, except: []string{"cubby/locker/station", "cubby/locker/store",
			"cubby/locker/secret", "cubby/locker/money/format"}, onlyStd: true},
	{name: "the domain knows no other part",
		of: []string{"cubby/locker"}, onlyOurs: []string{"cubby/locker"}},
	{name: "the domain knows no screen, no HTTP and no wire",
		of: []string{"cubby/locker"}, never: []string{
			"fyne.io", "net/http", "github.com/gorilla", "go.bug.st/serial",
		}},

	{name: "the touchscreen knows its assets and the words of a visit",
		of: []string{
			"cubby/app",
		}, onlyOurs: []string{"cubby/app", "cubby/assets", "cubby/locker/view", "cubby/locker/money/format"}},
	{name: "the touchscreen knows no store, no station, no hardware and no endpoint",
		of: []string{"cubby/app"}, never: []string{
			"cubby/locker/store", "cubby/locker/station", "cubby/hardware", "cubby/sync/rest", "modernc.org",
		}},

	{name: "the hardware knows plain words about doors and labels",
		of: []string{"cubby/hardware"}, except: []string{"cubby/hardware/sim"},
		onlyOurs: []string{"cubby/hardware", "cubby/locker/door", "cubby/locker/label"}},
	{name: "the simulated site knows how a wall is drawn, and speaks the wires in its own words",
		of:       []string{"cubby/hardware/sim"},
		onlyOurs: []string{"cubby/hardware/sim", "cubby/locker/door", "cubby/locker/view"}},
	{name: "the code of the drivers is not checked by itself",
		of:    []string{"cubby/hardware/sim"},
		never: []string{"cubby/hardware", "cubby/hardware/wire", "cubby/hardware/line"}},
	{name: "the drivers do not know the simulated site",
		of: []string{"cubby/hardware"}, except: []string{"cubby/hardware/sim"},
		never: []string{"cubby/hardware/sim"}},

	{name: "the endpoint knows no hardware and no touchscreen",
		of: []string{"cubby/sync"}, never: []string{"cubby/hardware", "cubby/app", "fyne.io"}},
	{
		name: "the kernel of the endpoint knows no resource",
		of:   []string{"cubby/sync/rest"},
		never: []string{
			"cubby/sync/api", "cubby/locker/parcel", "cubby/locker/wall", "cubby/locker/visit",
			"cubby/locker/view",
			"cubby/locker/health", "cubby/locker/calendar", "cubby/locker/upkeep",
			"cubby/locker/store", "cubby/locker/station",
		},
	},
	{name: "what writes to customers knows neither the station nor the hub it does so for",
		of: []string{"cubby/sync/notify"}, onlyOurs: []string{
			"cubby/sync/notify", "cubby/sync/db", "cubby/locker/money/format",
		}},
	{name: "a connector knows the hub, and neither its endpoint nor its console",
		of: []string{"cubby/sync/connect"}, onlyOurs: []string{
			"cubby/sync/connect", "cubby/sync/hub", "cubby/sync/db", "cubby/locker",
		}},
	{name: "the hub knows no shop", of: []string{"cubby/sync/hub"}, never: []string{"cubby/sync/connect"}},
	{name: "assets know nothing of us",
		of: []string{"cubby/assets"}, onlyOurs: []string{"cubby/assets"}},
	{name: "the simulated site is in no program of a station",
		of:    []string{"cubby/cmd/cubbyd", "cubby/cmd/cubby"},
		never: []string{"cubby/hardware/sim", "cubby/sync/pay/paysim"}},
	{name: "the simulated payment provider shares no code with those who ask it",
		of: []string{"cubby/sync/pay/paysim"}, onlyOurs: []string{"cubby/sync/pay/paysim"}},
	{name: "whoever asks payment providers knows the rules of payments, and no station",
		of: []string{"cubby/sync/pay"}, except: []string{"cubby/sync/pay/paysim"}, onlyOurs: []string{
			"cubby/sync/pay", "cubby/sync/refund", "cubby/sync/webhook", "cubby/locker/shop/payment",
			"cubby/locker/money", "cubby/locker/ledger",
		}},
	{name: "a soak judges a station by its contract, not by its code",
		of: []string{"cubby/cmd/internal/soak"}, never: []string{
			"cubby/locker/store", "cubby/locker/station", "cubby/sync/rest", "cubby/cmd/internal/core",
			"cubby/hardware/wire", "cubby/hardware/line",
		}},
	{name: "the core and its tools have no toolkit in them",
		of:    []string{"cubby/cmd/cubbyd", "cubby/cmd/cubbysim"},
		never: []string{"fyne.io", "cubby/app"}},
	{name: "the operator's tool and the hub have the sentences of the touchscreen, and no page",
		of: []string{"cubby/cmd/cubbyctl", "cubby/cmd/cubbyhub"}, never: []string{
			"fyne.io", "cubby/app/kit", "cubby/app/pages", "cubby/app/rooms", "cubby/app/sample",
		}},
	{name: "nothing uses a Modbus library: the few frames are written here",
		of: []string{"cubby"}, never: []string{"github.com/simonvetter"}},
}

func TestTheWallsBetweenThePartsStand(t *testing.T) {
	all := packages(t)
	for _, w := range walls {
		t.Run(w.name, func(t *testing.T) {
			applied := 0
			for path, p := range all {
				if !p.ours() || !anyWithin(path, w.of) || anyWithin(path, w.except) {
					continue
				}
				applied++
				for _, broken := range w.broken(all, p) {
					t.Errorf("%s", broken)
				}
			}
			if applied == 0 {
				t.Errorf("no package is at or below %v: has it moved? then move the wall", w.of)
			}
		})
	}
}

// TestNoFamilyOfResourcesKnowsAnother holds each to what the kernel and the domain have:
// what two families need belongs into one of those.
func TestNoFamilyOfResourcesKnowsAnother(t *testing.T) {
	const families = "cubby/sync/api"
	bench := families + "/apitest" // of their tests
	all := 0
	for path, p := range packages(t) {
		if path == families || path == bench || !within(path, families) {
			continue
		}
		all++
		for _, to := range p.Deps {
			if to != path && within(to, families) {
				t.Errorf("%s", chain(packages(t), path, to))
			}
		}
	}
	if all == 0 {
		t.Errorf("there is no family below %s: have they moved?", families)
	}
}

func TestPicturesAreReadInOnePlaceOfTheDriversAndInTheSimulatedSite(t *testing.T) {
	readers := []string{"cubby/hardware/scan/picture", "cubby/hardware/sim"}
	for path, p := range packages(t) {
		reads := slices.ContainsFunc(p.Imports, func(to string) bool {
			return within(to, "github.com/makiuchi-d/gozxing")
		})
		if p.ours() && reads && !anyWithin(path, readers) {
			t.Errorf("%s reads pictures; what strangers hold before a camera is unpacked in %v only",
				path, readers)
		}
	}
}

// broken lists the ways in which the package goes through the wall.
func (w wall) broken(all map[string]pkg, p pkg) (ways []string) {
	switch {
	case w.onlyOurs != nil:
		for _, to := range p.Imports {
			if all[to].ours() && !anyWithin(to, w.onlyOurs) {
				ways = append(ways, p.ImportPath+" imports "+to+"; it may import "+
					strings.Join(w.onlyOurs, ", ")+" and below")
			}
		}
	case w.onlyStd:
		for _, to := range p.Deps {
			if !all[to].Standard && !anyWithin(to, w.of) {
				ways = append(ways, "beyond the standard library: "+chain(all, p.ImportPath, to))
			}
		}
	default:
		for _, to := range p.Deps {
			if anyWithin(to, w.never) && !anyWithin(to, w.of) {
				ways = append(ways, chain(all, p.ImportPath, to))
			}
		}
	}
	slices.Sort(ways)
	return ways
}

func anyWithin(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return within(path, f) })
}

func TestNoPackageHasANameThatSaysNothing(t *testing.T) {
	empty := []string{
		"sync", "util", "utils", "helper", "helpers", "common", "misc", "manager", "base", "shared",
	}
	for path, p := range packages(t) {
		if p.ours() && slices.Contains(empty, p.Name) {
			t.Errorf("%s is called %s: name it for what it does", path, p.Name)
		}
	}
}
