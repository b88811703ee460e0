package core

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"cubby/locker/customers"
	"cubby/locker/desk"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/members"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/story"
	"cubby/locker/view"
)

// deskWork is what the pages of the staff ask for: what takes a while, or is known
// elsewhere. Its methods do not block; what was found goes back to the station.
type deskWork struct {
	station *station.Station // set before there is anybody to ask
	store   *store.Store
	health  *health.Registry
	log     *slog.Logger
	ctx     context.Context // ends with the core
	working sync.WaitGroup

	like      rehearsal // what a practice is made like
	practices practices
	over      func()               // of a practice: ends it
	line      func() *view.Message // what the centre has seen; nil: nobody knows
	// everything is what is known of a customer
	everything func(ctx context.Context, id string) (customers.Everything, error)
	known      func(ctx context.Context, p members.Print) // prints it; nil: nobody does
}

// atWork bounds how long a page waits.
const atWork = 20 * time.Second

func (w *deskWork) effects() map[string]func(ledger.Effect) {
	return map[string]func(ledger.Effect){
		desk.Seek{}.Kind(): func(e ledger.Effect) {
			w.begin(func(ctx context.Context) { w.seek(ctx, e.(desk.Seek)) })
		},
		desk.Recite{}.Kind(): func(e ledger.Effect) {
			w.begin(func(ctx context.Context) { w.recite(ctx, e.(desk.Recite)) })
		},
		desk.Make{}.Kind(): func(e ledger.Effect) {
			w.begin(func(ctx context.Context) { w.make(ctx, e.(desk.Make)) })
		},
		desk.CountReturns{}.Kind(): func(e ledger.Effect) {
			w.begin(func(ctx context.Context) { w.count(ctx, e.(desk.CountReturns)) })
		},
		desk.ListRefunds{}.Kind(): func(e ledger.Effect) {
			w.begin(func(ctx context.Context) { w.refunds(ctx, e.(desk.ListRefunds)) })
		},
		members.Recall{}.Kind(): w.recall, members.Print{}.Kind(): w.printAll,
		desk.Practise{}.Kind(): func(e ledger.Effect) {
			w.begin(func(ctx context.Context) { w.practise(ctx, e.(desk.Practise)) })
		},
	}
}

func (w *deskWork) begin(do func(ctx context.Context)) {
	w.working.Go(func() {
		ctx, cancel := context.WithTimeout(w.ctx, atWork)
		defer cancel()
		do(ctx)
	})
}

// seek finds parcels by what was typed.
func (w *deskWork) seek(ctx context.Context, e desk.Seek) {
	found, err := w.store.Seek(ctx, e.Text, desk.MostFound)
	if err != nil && ctx.Err() == nil {
		w.log.Error("parcels cannot be looked for", "error", err)
	}
	a := desk.Answer{Terminal: e.Terminal, Visit: e.Visit}
	for _, p := range found {
		a.Found = append(a.Found, p.ID)
	}
	w.station.Tell(e.Terminal, a)
}

// recite has a page show a story.
func (w *deskWork) recite(ctx context.Context, e desk.Recite) {
	var lines []view.StoryLine
	var err error
	if e.Parcel != "" {
		lines, err = story.OfParcel(ctx, w.store, e.Parcel, mostLines)
	} else {
		lines, err = story.OfDoor(ctx, w.store, e.Door, mostLines)
	}
	if err != nil && ctx.Err() == nil {
		w.log.Error("a story cannot be read", "error", err)
	}
	w.station.Attach(station.Page{Visit: e.Visit, Step: e.Step, Door: e.Door, Parcel: e.Parcel},
		func(p *view.Staff) { p.Story = lines })
}

// count has a page show the figures of returns.
func (w *deskWork) count(ctx context.Context, e desk.CountReturns) {
	counted, err := w.store.ReturnFigures(ctx, e.From, e.To)
	if err != nil && ctx.Err() == nil {
		w.log.Error("the figures of returns cannot be read", "error", err)
	}
	w.station.Attach(station.Page{Visit: e.Visit, Step: view.StepStaffReturnFigures},
		func(p *view.Staff) {
			if err != nil {
				p.Said = unread
				return
			}
			desk.ShowFigures(counted, p)
		})
}

// refunds has a page show the refunds of a day.
func (w *deskWork) refunds(ctx context.Context, e desk.ListRefunds) {
	listed, err := w.store.Reconciliation(ctx, e.Day, e.Zone)
	if err != nil && ctx.Err() == nil {
		w.log.Error("the refunds of a day cannot be read", "error", err)
	}
	w.station.Attach(station.Page{Visit: e.Visit, Step: view.StepStaffReturnMoney, Parcel: e.Name},
		func(p *view.Staff) {
			if err != nil {
				p.Said = unread
				return
			}
			desk.ShowRefunds(listed, p)
		})
}

// unread is said on a page for which something could not be read.
var unread = &view.Message{ID: "refused"}

// mostLines bounds the story that a page shows.
const mostLines = 200

// make makes a courier or an account. Badge and PIN are shown once, and kept nowhere.
func (w *deskWork) make(ctx context.Context, e desk.Make) {
	var name, badge, pin string
	var err error
	if e.People == "courier" {
		var made people.CourierSecrets
		made, err = w.station.AddCourier(ctx, e.By, e.Name, nil, e.By.Actor())
		name, badge, pin = made.Name, made.Badge, made.PIN
	} else {
		var made people.EmployeeSecrets
		made, err = w.station.AddEmployee(ctx, e.By, e.Name, e.Role, nil, e.By.Actor())
		name, badge, pin = made.Name, made.Badge, made.PIN
	}
	var refused *ledger.Refusal
	if err != nil && !errors.As(err, &refused) {
		w.log.Error("nobody was added", "error", err)
		err = ledger.Refuse(ledger.Unavailable, "not-serving",
			"it is not known whether this was saved; look at the list")
	}
	if err != nil {
		w.station.Tell(e.Terminal, desk.Answer{Terminal: e.Terminal, Visit: e.Visit, Refused: err})
		return
	}
	w.station.Attach(station.Page{Visit: e.Visit, Step: view.StepStaffSecret}, func(p *view.Staff) {
		p.Badge, p.PIN = badge, pin
		p.Facts = []view.StaffFact{{Name: "name", Value: &view.Message{Text: name}}}
	})
}

// join adds the devices to the pages about them, as they are now.
func (w *deskWork) join(v *view.View) {
	p := v.Staff
	switch v.Step {
	case view.StepStaffMenu:
		if w.line != nil {
			p.Line = w.line()
		}
		for i, item := range p.Items {
			if item.Value == "queue" {
				p.Items[i].Count += len(desk.OfDevices(w.health.Devices()))
			}
		}
	case view.StepStaffQueue:
		var all []desk.Matter
		all = append(all, desk.OfDevices(w.health.Devices())...)
		p.Items = desk.Merged(p.Items, all)
	case view.StepStaffDevices:
		p.Loading = false
		p.Items = desk.DeviceItems(w.health.Devices())
	case view.StepStaffDevice:
		p.Loading = false
		devices := w.health.Devices()
		if i := slices.IndexFunc(devices, func(d health.Device) bool { return d.Name == p.Doing }); i >= 0 {
			p.Facts = desk.DeviceFacts(devices[i])
		}
	}
}

// Queue lists what needs somebody now, devices among them.
func (s staff) Queue(ctx context.Context) ([]desk.Matter, error) {
	all, err := s.Station.Queue(ctx)
	return desk.Sorted(append(all, desk.OfDevices(s.health.Devices())...)), err
}

// OpenDoor opens a door for somebody of the staff; second is what the badge of another
// person says, empty for nobody.
func (s staff) OpenDoor(ctx context.Context, by people.Doer,
	second, compartment, reason string) (string, error) {
	hash := ""
	if second != "" {
		if hash = s.keys.Recognise([]byte(second), secret.Centre{}).BadgeHash; hash == "" {
			return "", ledger.Refuse(ledger.NotAllowed, "unknown-badge",
				"second is not what the QR code of a badge says").At("/second")
		}
	}
	return s.Station.OpenDoor(ctx, by, hash, compartment, reason)
}
