package console

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/hub"
)

type fake struct {
	mu       sync.Mutex
	users    map[string]hub.User
	stations []hub.Station
	doors    []hub.Door
	parcels  []hub.Parcel
	facts    []hub.Fact
	heard    chan struct{}
}

func newFake() *fake {
	f := &fake{users: map[string]hub.User{}, heard: make(chan struct{})}
	for _, r := range []hub.Role{hub.Viewer, hub.Operator, hub.Admin} {
		f.users[string(r)] = hub.User{Name: string(r), Role: r}
	}
	now := time.Now()
	deg := func(v float64) *float64 { return &v }
	w := &view.Wall{WidthMM: 400 * 6, HeightMM: 1800}
	for i := 0; i < 30; i++ {
		col, row := i/5, i%5
		w.Doors = append(w.Doors, view.Door{Number: fmt.Sprint(i + 1), Column: col, LeftMM: col * 400, WidthMM: 400,
			TopMM: row * 360, HeightMM: 360})
		a := []string{"free", "free", "occupied", "reserved", "quarantine", "free", "occupied"}[i%7]
		d := hub.Door{Station: "S1", Number: fmt.Sprint(i + 1), Door: "closed", Allocation: a, Changed: now}
		if i == 3 {
			d.Door = "open"
		}
		if i == 9 {
			d.Door, d.Trouble = "open", "forced"
		}
		f.doors = append(f.doors, d)
	}
	for i, p := range []struct {
		name     string
		lat, lon float64
		seen     time.Duration
		bad      int
	}{{"North Gate", 52.52, 13.40, time.Second, 0}, {"Old Harbour", 53.55, 9.99, time.Hour, 0},
		{"Market Hall", 48.14, 11.58, time.Second, 2}, {"Museum", 48.15, 11.57, time.Second, 0}, {"Somewhere", 0, 0, 0, 0}} {
		s := hub.Station{ID: fmt.Sprint("S", i+1), Name: p.name, Address: "1 Example Road", Wall: w, Zone: "Europe/Berlin",
			Version: "1.0", Joined: now, LastSeen: now.Add(-p.seen), SeenUpTo: now.Add(-p.seen), Troubles: p.bad,
			Doors: hub.DoorCount{Total: 30, Free: 12}, Parcels: 7, Through: 100}
		if p.lat != 0 {
			s.Latitude, s.Longitude = deg(p.lat), deg(p.lon)
		}
		f.stations = append(f.stations, s)
	}
	f.happen("S1", "parcel.stored", "parcels/P1", `{"parcel_id":"P1","label":"C1001","compartment":"4"}`)
	return f
}

func (f *fake) happen(station, kind, subject, data string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := int64(len(f.facts) + 1)
	f.facts = append(f.facts, hub.Fact{N: n, Station: station, ID: fmt.Sprint(n), Type: kind, Subject: subject,
		Happened: time.Now(), Event: json.RawMessage(`{"data":` + data + `}`)})
	close(f.heard)
	f.heard = make(chan struct{})
}

func (f *fake) SignIn(_ context.Context, name, password string) (hub.User, error) {
	u, ok := f.users[name]
	if !ok || password != "secret" {
		return u, ledger.Refuse(ledger.NotAllowed, "wrong-password", "name or password is wrong; try again")
	}
	return u, nil
}

func (f *fake) Users(context.Context) (all []hub.User, err error) {
	for _, u := range f.users {
		all = append(all, u)
	}
	return all, nil
}
func (f *fake) Stations(context.Context) ([]hub.Station, error) { return slices.Clone(f.stations), nil }
func (f *fake) Station(_ context.Context, id string) (hub.Station, error) {
	for _, s := range f.stations {
		if s.ID == id {
			return s, nil
		}
	}
	return hub.Station{}, ledger.Refuse(ledger.NotFound, "no-station", "no such station")
}
func (f *fake) Doors(context.Context, string) ([]hub.Door, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.doors), nil
}
func (f *fake) Devices(context.Context, string) ([]hub.Device, error) {
	return []hub.Device{{Name: "scanner", State: "silent", Severity: "warning", Title: "The code reader does not answer",
		WhatToDo: "Check its cable."}, {Name: "bus main", State: "working", Severity: "ok"}}, nil
}
func (f *fake) Troubles(_ context.Context, station string) ([]hub.Trouble, error) {
	return []hub.Trouble{{Station: "S1", Kind: "forced", Subject: "compartments/10", Door: "10", Harm: 5,
		Title: "Door 10 was forced open", WhatToDo: "Send somebody to look.", Since: time.Now().Add(-time.Hour)},
		{Station: "S3", Kind: "scanner", Subject: "devices/scanner", Harm: 2, Title: "The code reader does not answer",
			WhatToDo: "Check its cable.", Since: time.Now().Add(-50 * time.Hour)}}, nil
}
func (f *fake) Parcels(_ context.Context, q hub.ParcelFilter) ([]hub.Parcel, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.parcels), func(p hub.Parcel) bool { return !strings.Contains(p.ID, q.Text) }), "", nil
}
func (f *fake) Parcel(_ context.Context, station, id string) (hub.Parcel, error) {
	for _, p := range f.parcels {
		if p.ID == id {
			return p, nil
		}
	}
	return hub.Parcel{}, ledger.Refuse(ledger.NotFound, "no-parcel", "no such parcel")
}
func (f *fake) Announce(_ context.Context, by, station, id string, body json.RawMessage) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.parcels = append(f.parcels, hub.Parcel{Station: station, ID: id, State: "announced", Labels: []string{"C1"}, Changed: time.Now()})
	return nil
}
func (f *fake) CancelParcel(context.Context, string, string, string) error       { return nil }
func (f *fake) HoldParcel(context.Context, string, string, string, string) error { return nil }
func (f *fake) ReleaseParcel(context.Context, string, string, string) error      { return nil }
func (f *fake) Facts(_ context.Context, q hub.FactFilter) (all []hub.Fact, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.facts {
		if q.Station != "" && one.Station != q.Station || q.Subject != "" && one.Subject != q.Subject {
			continue
		}
		if q.Before > 0 && one.N < q.Before || q.Before == 0 && one.N > q.After {
			all = append(all, one)
		}
	}
	if q.Before > 0 {
		slices.SortFunc(all, func(a, b hub.Fact) int { return cmp.Compare(b.N, a.N) })
	}
	return all[:min(len(all), q.Limit)], nil
}
func (f *fake) Heard() <-chan struct{} { f.mu.Lock(); defer f.mu.Unlock(); return f.heard }
