package core

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware"
	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/money/format"
	"cubby/locker/parcel"
	"cubby/locker/remote"
	"cubby/locker/returns"
	returnpolicy "cubby/locker/returns/policy"
	"cubby/locker/station"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// policy is what the operator has decided, with the rules of returns by shop.
func policy(cfg *config.Config, rules map[string]returnpolicy.Rules) visit.Policy {
	p := cfg.Policy
	return visit.Policy{
		AccessibleKeptFree: cfg.Pickup.AccessibleKeptFree,
		PickupHours:        int(p.PickupTime / time.Hour), RecipientDays: p.RecipientDays,
		FreePINTries:   p.PINTriesBeforeWait,
		PINsInMinute:   cfg.Pickup.PINTriesPerMinute,
		PageTimeout:    p.PageTimeout,
		CourierTimeout: p.CourierTimeout, DoorTimeout: p.DoorTimeout, Thanks: p.Thanks,
		MaxExtensions:  p.MaxExtensions,
		OrderDays:      cfg.Returns.OrderDays,
		Shops:          cfg.Returns.Shops,
		CourierReceipt: p.CourierReceipt, Languages: cfg.Station.Languages,
		StaffTimeout: p.StaffTimeout, DeskTimeout: p.DeskTimeout, Desks: desks(cfg),
		Number: cfg.Station.ID, Phone: cfg.Station.Phone, CallsStaff: cfg.Station.CallStaff,
		Rooms: map[string]any{
			"parcel": parcel.Settings{
				Unannounced: cfg.Parcels.Unannounced == "accept",
				PauseAfter:  p.PauseAfter, ResumeGrace: p.ResumeGrace, HoldPauses: p.HoldPauses,
				Together: together[cfg.Pickup.Together], Nearest: nearest(cfg.Wall()),
				SixDigits: cfg.Pickup.PIN == "6_digits_and_phone", Rotating: cfg.Pickup.Rotating,
				Tries: cfg.Pickup.PhoneTriesPerParcel, ExplainDays: cfg.Pickup.ExplainDays,
				Delegates: cfg.Pickup.Delegates, DelegateTime: cfg.Pickup.DelegateTime, Writes: cfg.Messages.Send,
				ReopenGrace: time.Duration(cfg.Pickup.ReopenGraceS) * time.Second,
				Station:     cfg.Station.ID, Shelf: cfg.Pickup.Shelf, Elsewhere: elsewhere(cfg.Pickup.Elsewhere),
				Rescue: time.Duration(cfg.Pickup.RescueHours) * time.Hour, RescueYields: cfg.Pickup.RescueYields,
				Hours: cfg.OpeningHours(), NoticeWait: noticeWait(cfg.Pickup), Extensions: parcel.Extensions{
					Most: cfg.Pickup.Extensions, Hours: cfg.Pickup.ExtensionHours,
					Price: cfg.Pickup.PriceOfExtension(), While: parcel.ExtendWhile(cfg.Pickup.ExtendWhile),
				},
			},
			"customers": customers.Settings{
				Asked: cfg.Customers.Kept == "asked", Days: cfg.Customers.UnusedDays, Country: cfg.Messages.SMSCountry,
				QROpens: cfg.Customers.QROpens, Neighbours: cfg.Customers.Neighbours,
			},
			"returns": returnSettings(cfg, rules), "remote": remote.Settings{Openings: cfg.Centre.RemoteOpenings},
		},
	}
}

// elsewhere are the places to which a parcel may be sent at the kiosk.
func elsewhere(texts []string) (all []parcel.Place) {
	for _, text := range texts {
		id, name, _ := strings.Cut(text, "=")
		all = append(all, parcel.Place{ID: id, Name: cmp.Or(name, id)})
	}
	return all
}

// together are the words of the configuration for what is collected with one code.
var together = map[string]parcel.Together{
	"person": parcel.OfPerson, "order": parcel.OfOrder, "no": parcel.Never,
}

// nearest are the doors by the way from the middle of the screen to theirs; nil where the
// screen is not on the wall.
func nearest(w view.Wall) (numbers []string) {
	if w.Screen.WidthMM == 0 {
		return nil
	}
	middle := func(d view.Door) (x, y int) { return d.LeftMM + d.WidthMM/2, d.TopMM + d.HeightMM/2 }
	atX, atY := middle(w.Screen)
	way := func(d view.Door) int { // its square
		x, y := middle(d)
		return (x-atX)*(x-atX) + (y-atY)*(y-atY)
	}
	doors := slices.Clone(w.Doors)
	slices.SortStableFunc(doors, func(a, b view.Door) int { return cmp.Compare(way(a), way(b)) })
	for _, d := range doors {
		numbers = append(numbers, d.Number)
	}
	return numbers
}

// noticeWait is how long the time to collect waits for a notice; 0: it counts from the
// deposit.
func noticeWait(p config.Pickup) time.Duration {
	if p.CountFrom == "notice" {
		return p.NoticeWait
	}
	return 0
}

func returnSettings(cfg *config.Config, rules map[string]returnpolicy.Rules) returns.Settings {
	r := cfg.Returns
	s := returns.Settings{
		Taken: r.Taken, Site: cmp.Or(r.Site, cfg.Station.ID), Sole: r.SoleSite, Zone: cfg.Station.Zone(),
		Rules: rules,
		Lapse: r.Lapse, Points: map[string]int{},
		Digits: format.Digits,
	}
	for kind, points := range map[string]int{"box": r.BoxPoints, "bag": r.BagPoints, "tote": r.TotePoints} {
		if points > 0 {
			s.Points[kind] = points
		}
	}
	for _, t := range cfg.EveryTerminal() {
		if t.Camera != "" {
			s.Cameras = append(s.Cameras, t.Name)
		}
	}
	return s
}

// desks names the terminals that are desks.
func desks(cfg *config.Config) (names []string) {
	for _, t := range cfg.EveryTerminal() {
		if t.Kind == "desk" {
			names = append(names, t.Name)
		}
	}
	return names
}

func compartments(cfg *config.Config) []wall.Compartment {
	var all []wall.Compartment
	for _, c := range cfg.Compartments() {
		all = append(all, wall.Compartment{Number: c.Number, Size: c.Size, Bank: c.Bus,
			Accessible: c.Accessible || c.Low,
			Inner:      wall.Box{Width: c.WidthMM, Height: c.HeightMM, Depth: c.DepthMM}})
	}
	return all
}

// terminals are those that the file names; nil: a kiosk alone.
func terminals(cfg *config.Config) (all []station.Terminal) {
	if len(cfg.Terminals) == 0 {
		return nil
	}
	for _, t := range cfg.EveryTerminal() {
		all = append(all, station.Terminal{
			Name: t.Name, Scanner: t.ScannerDevice(), Printer: cfg.PrinterDevice(t), Away: !cfg.OnWall(t),
		})
	}
	return all
}

// lateDoors stands for the site until it has been opened; there are no orders
// before that.
type lateDoors struct{ site atomic.Pointer[hardware.Site] }

func (l *lateDoors) Order(o door.Order) {
	if site := l.site.Load(); site != nil {
		site.Order(o)
	}
}

// effects are those that parts of the core carry out.
func (c *Core) effects() map[string]func(ledger.Effect) {
	all := c.desk.effects()
	maps.Copy(all, c.back.effects())
	maps.Copy(all, c.selling.effects())
	all[remote.RestartOrder{}.Kind()] = func(ledger.Effect) {
		select {
		case c.ended <- ErrRestart:
		default: // it ends already
		}
	}
	return all
}
