package shop

import (
	"strings"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/shop/catalogue"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// goodsSteps are the pages on which staff put things behind doors that are for sale.
func goodsSteps() map[view.Step]visit.Step {
	all := map[view.Step]visit.Step{
		view.StepGoodsEnter: {
			Acts: []visit.Act{{Name: view.ActType, With: typedGoods}, {Name: view.ActBack, Do: leaveGoods}},
			Scan: scannedGoods,
		},
		view.StepGoodsOpening: {Clock: visit.WaitDoor, Keeps: keepsAll},
		view.StepGoodsOpen: {
			Acts: []visit.Act{
				{Name: view.ActTooBig, Do: otherwise}, {Name: view.ActOccupied, Do: otherwise},
				{Name: view.ActBack, Do: otherwise},
			}, Clock: visit.WaitDoor, Reminds: true, Keeps: keepsAll,
		},
		view.StepGoodsCheck: {
			Acts: []visit.Act{
				{Name: view.ActInside, Do: func(t *visit.Turn) { stowed(t) }},
				{Name: view.ActOpenAgain, Do: func(t *visit.Turn) {
					t.OpenAgain(wall.ForGoods,
						t.Visit.Compartment, "")
				}},
				{Name: view.ActBack, Do: notStowed},
			},
			TimeOut: notStowed,
		},
		view.StepGoodsNoOpen: {
			Acts: []visit.Act{
				{Name: view.ActTryAgain, Do: func(t *visit.Turn) {
					t.OpenAgain(wall.ForGoods,
						t.Visit.Compartment, "")
				},
					When: func(_ *ledger.State, v visit.Visit, env visit.Env) bool { return !v.Waits(env) }},
				{Name: view.ActOtherDoor, Do: func(t *visit.Turn) {
					n := noteOf(t.Visit)
					n.Tried = append(n.Tried, t.Visit.Compartment)
					stow(t, n)
				}},
				{Name: view.ActBack, Do: func(t *visit.Turn) {
					show(t, note{}, view.StepGoodsEnter,
						view.ReasonNone)
				}},
			}, NotOpened: true,
		},
	}
	for name, row := range all {
		if row.Clock == visit.WaitPerson {
			row.Clock = visit.WaitStaff
			all[name] = row
		}
	}
	return all
}

func doer(v visit.Visit) people.Doer {
	id, staff := strings.CutPrefix(v.Actor, visit.StaffActor)
	if !staff {
		return people.Doer{}
	}
	return people.Doer{ID: id}
}

func mayStow(s *ledger.State, v visit.Visit, env visit.Env) bool {
	set := SettingsOf(env)
	return set.Open && set.Catalogue != nil && !env.AtDesk() && doer(v).Must(s, people.OpenEmpty) == nil
}

func startGoods(t *visit.Turn) { show(t, note{}, view.StepGoodsEnter, view.ReasonNone) }

// leaveGoods goes back to what staff can do.
func leaveGoods(t *visit.Turn) { t.Show(view.StepStaffMenu, view.ReasonNone) }

func scannedGoods(c visit.Present, t *visit.Turn) error {
	if c.BadgeHash != "" || c.CodeHash != "" {
		return t.Pass(c)
	}
	return typedGoods(t, c.Text)
}

// typedGoods finds what is to be put in by its article number or SKU.
func typedGoods(t *visit.Turn, text string) error {
	set, text := SettingsOf(t.Env), strings.TrimSpace(text)
	sku := text
	if gtin, ok := catalogue.Scanned(text); ok {
		if found, known := set.Catalogue.WithGTIN(gtin); known {
			sku = found
		}
	}
	p, v, ok := thing(set, sku)
	if !ok {
		show(t, note{}, view.StepGoodsEnter, view.ReasonNotFound)
		return nil
	}
	stow(t, note{Stowing: sku, Stowed: titled(p, v, language(t.Visit, t.Env))})
	return nil
}

// stow opens the smallest free door into which it fits.
func stow(t *visit.Turn, n note) {
	_, v, _ := thing(SettingsOf(t.Env), n.Stowing)
	wish := wall.Wish{Except: n.Tried, KeptFree: t.Policy.AccessibleKeptFree}
	if v.Size.Length > 0 && v.Size.Width > 0 && v.Size.Height > 0 {
		wish.Dimensions = &wall.Dimensions{Length: v.Size.Length, Width: v.Size.Width, Height: v.Size.Height}
	}
	box, ok := wall.Choose(wall.Compartments.All(t.State), wish)
	if !ok {
		show(t, note{}, view.StepGoodsEnter, view.ReasonNoDoor)
		return
	}
	t.KeepAs(noteName, n)
	if other, busy := t.OtherOpenDoor(box.Number); busy {
		t.WaitFor(view.StepGoodsEnter, other)
		return
	}
	t.Intend(wall.ForGoods, box.Number, "", 1)
}

// stowing opens a door for goods that are for sale.
type stowing struct{}

func (stowing) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: view.StepGoodsOpening, NotOpened: view.StepGoodsNoOpen}
}

func (stowing) Resumed(*visit.Turn, wall.Opening)             {}
func (stowing) Opened(*visit.Turn, wall.Opening)              {}
func (stowing) StillMeant(t *visit.Turn, o wall.Opening) bool { return t.InVisit(o) }
func (stowing) ShowOpen(t *visit.Turn)                        { t.Show(view.StepGoodsOpen, view.ReasonNone) }
func (stowing) ShowInterrupted(t *visit.Turn) {
	t.Show(view.StepGoodsNoOpen,
		view.ReasonUnknown)
}
func (stowing) Interrupted(t *visit.Turn, o wall.Opening) { t.Unseen(o.Compartment) }

func (stowing) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	switch {
	case !here:
		t.Unseen(o.Compartment)
	case noteOf(t.Visit).Stowing == "": // it was said that it does not stay
		free(t, o.Compartment)
		show(t, note{}, view.StepGoodsEnter, view.ReasonNone)
	case seen.Presence == door.Empty:
		t.Show(view.StepGoodsCheck, view.ReasonNone)
	case seen.Presence == door.Present:
		stowed(t)
	case o.Flickered(seen.At) || !o.WasClosed:
		t.Show(view.StepGoodsCheck, view.ReasonNotSeen)
	default:
		stowed(t)
	}
}

func (stowing) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	if why == view.ReasonUnknown {
		t.Unseen(o.Compartment)
		return
	}
	free(t, o.Compartment)
}

// otherwise: what was about to be put in stays out. The door is closed first.
func otherwise(t *visit.Turn) {
	n := noteOf(t.Visit)
	n.Stowing = ""
	t.KeepAs(noteName, n)
	t.ShowAtDoor(view.StepGoodsOpen, view.ReasonNone)
}

func notStowed(t *visit.Turn) {
	free(t, t.Visit.Compartment)
	show(t, note{}, view.StepGoodsEnter, view.ReasonNone)
}

func free(t *visit.Turn, compartment string) {
	if c, _ := wall.Compartments.Get(t.State, compartment); c.Allocation == wall.Reserved && c.Parcel == "" {
		t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: compartment}, Evidence: wall.ByHuman})
	}
}

// stowed: one of it lies behind the door now. It has come from the shelf where some are
// known to be there, else from outside.
func stowed(t *visit.Turn) {
	n, at := noteOf(t.Visit), t.Visit.Compartment
	level := stock.Of(t.State, n.Stowing)
	from := stock.Outside
	for _, p := range []stock.Place{stock.Warehouse, stock.OnHand, stock.Shelf} {
		if level.At(p) > 0 {
			from = p
		}
	}
	free(t, at)
	err := stock.Move(t, stock.Moved{
		SKU: n.Stowing, From: from, To: stock.Door, ToDoor: at, Quantity: 1, Cause: "stowed",
	})
	if err != nil { // the door is used for something else meanwhile
		t.Unseen(at)
		show(t, note{}, view.StepGoodsEnter, view.ReasonNoDoor)
		return
	}
	show(t, note{Stowed: n.Stowed}, view.StepGoodsEnter, view.ReasonGoodsStored)
	t.Visit.Compartment = at
}
