package returns

import (
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// pickLine picks a line, or shows why it cannot come back.
func pickLine(t *visit.Turn, id string) error {
	n := noteOf(t.Visit)
	o, ok := orders.Get(t.State, n.Order)
	lines := linesOf(t.State, t.Env, n, o)
	i := slices.IndexFunc(lines, func(l view.ReturnLine) bool { return l.Value == id })
	if !ok || i < 0 {
		return stale()
	}
	n.Ask = Ask{Line: id, Quantity: 1}
	switch l := lines[i]; {
	case !l.Eligible || l.Left-l.Picked < 1:
		show(t, n, view.StepReturnLine, view.ReasonNone)
	case l.Left-l.Picked > 1:
		show(t, n, view.StepReturnQuantity, view.ReasonNone)
	default:
		show(t, n, view.StepReturnReason, view.ReasonNone)
	}
	return nil
}

func stale() error {
	return ledger.Refuse(ledger.Stale, "stale-page", "this page does not offer that any more")
}

func pickQuantity(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	o, _ := orders.Get(t.State, n.Order)
	units, err := atoi(value)
	l, _ := lineOf(t.State, t.Env, n, o, n.Ask.Line)
	if err != nil || units < 1 || units > l.Left-l.Picked {
		return stale()
	}
	n.Ask.Quantity = units
	show(t, n, view.StepReturnReason, view.ReasonNone)
	return nil
}

// pickReason takes the reason, and asks for what it needs.
func pickReason(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	o, _ := orders.Get(t.State, n.Order)
	l, _ := o.Line(n.Ask.Line)
	for _, r := range SettingsOf(t.Env).RulesOf(o.Shop).Reasons(l.Category) {
		if r.Name != value {
			continue
		}
		n.Ask.Reason, n.Photo, n.Camera = value, "", ""
		switch {
		case r.Text:
			show(t, n, view.StepReturnText, view.ReasonNone)
		case r.Photo && hasCamera(t.Env):
			show(t, n, view.StepReturnPhoto, view.ReasonNone)
		default:
			picked(t, n)
		}
		return nil
	}
	return stale()
}

func hasCamera(env visit.Env) bool {
	return slices.Contains(SettingsOf(env).Cameras, orText(env.Terminal, visit.Kiosk))
}

func typedText(t *visit.Turn, value string) error {
	text, err := typed(value, mostText)
	if err != nil {
		return err
	}
	if plain.HasPrintedCard(text) {
		return ledger.Refuse(ledger.Invalid, "card-number", plain.CardSays).At("/value")
	}
	n := noteOf(t.Visit)
	o, _ := orders.Get(t.State, n.Order)
	l, _ := o.Line(n.Ask.Line)
	// What people write may say who they are: it is in no log, which the note is.
	written := make([]string, len(n.Asks)+1)
	copy(written, Texts(t.State, t.Visit.ID))
	written[len(n.Asks)] = text
	texts.Put(t.State, t.Visit.ID, written)
	for _, r := range SettingsOf(t.Env).RulesOf(o.Shop).Reasons(l.Category) {
		if r.Name == n.Ask.Reason && r.Photo && hasCamera(t.Env) {
			show(t, n, view.StepReturnPhoto, view.ReasonNone)
			return nil
		}
	}
	picked(t, n)
	return nil
}

// TakePhoto has the camera of a terminal take a picture.
type TakePhoto struct {
	Terminal, Visit string
	ID              string // of the picture
}

// Kind names the effect.
func (TakePhoto) Kind() string { return "return.photo" }

// PhotoTaken says how a picture went.
type PhotoTaken struct {
	Visit, ID string
	Failed    string // empty: it is kept
}

// Decide shows it.
func (c PhotoTaken) Decide(t *visit.Turn) error {
	n := noteOf(t.Visit)
	switch {
	case t.Visit.ID != c.Visit || c.ID == "":
		return nil // whoever asked for it has gone
	case t.Visit.Picture == c.ID: // at the desk
		t.Visit.Camera = "taken"
		if c.Failed != "" {
			t.Visit.Camera, t.Visit.Picture = "failed", ""
		}
		t.StartClock()
		return nil
	case t.Visit.Kind != Kind || n.Photo != c.ID:
		return nil
	}
	n.Camera = "taken"
	if c.Failed != "" {
		n.Camera, n.Photo = "failed", ""
	}
	t.Keep(n)
	t.StartClock()
	return nil
}

func takePhoto(t *visit.Turn) {
	n := noteOf(t.Visit)
	n.Photo, n.Camera = strings.ReplaceAll(t.NewID(), "-", ""), ""
	t.Keep(n)
	t.StartClock()
	t.Order(TakePhoto{Terminal: orText(t.Visit.Terminal, visit.Kiosk), Visit: t.Visit.ID, ID: n.Photo})
}

// picked puts the item that was picked to the others, and shows what follows.
func picked(t *visit.Turn, n note) {
	n.Asks, n.Photos = append(n.Asks, n.Ask), append(n.Photos, n.Photo)
	n.Ask, n.Photo, n.Camera = Ask{}, "", ""
	t.Keep(n)
	verdicts := verdictsOf(t.State, t.Env, n)
	if slices.ContainsFunc(verdicts, notEligible) {
		if whole, is := withItsSet(t, n); is {
			show(t, whole, view.StepReturnOffer, view.ReasonNone)
			return
		}
		// The reason or the others with it have changed the answer.
		last := n.Asks[len(n.Asks)-1]
		n.Asks, n.Photos = n.Asks[:len(n.Asks)-1], n.Photos[:len(n.Photos)-1]
		n.Ask = last
		show(t, n, view.StepReturnLine, view.ReasonNone)
		return
	}
	show(t, n, view.StepReturnOffer, view.ReasonNone)
}

// withItsSet adds the other parts of a set that comes back whole only to the part that was
// picked last, for the same reason, if they can come back then.
func withItsSet(t *visit.Turn, n note) (note, bool) {
	o, _ := orders.Get(t.State, n.Order)
	last := n.Asks[len(n.Asks)-1]
	l, _ := o.Line(last.Line)
	if !l.BundleWhole {
		return n, false
	}
	n.Asks, n.Photos = slices.Clone(n.Asks), slices.Clone(n.Photos)
	for _, other := range o.Lines {
		left := Left(t.State, o, other)
		if other.Bundle == l.Bundle && left > 0 && unitsAsked(n.Asks, other.ID) == 0 {
			n.Asks = append(n.Asks, Ask{Line: other.ID, Quantity: left, Reason: last.Reason})
			n.Photos = append(n.Photos, "")
		}
	}
	return n, !slices.ContainsFunc(verdictsOf(t.State, t.Env, n), notEligible)
}

// withoutLast takes back what was picked last, with the set that it belongs to.
func withoutLast(s *ledger.State, n note) note {
	o, _ := orders.Get(s, n.Order)
	bundleOf := func(a Ask) string {
		if l, _ := o.Line(a.Line); l.BundleWhole {
			return l.Bundle
		}
		return ""
	}
	last, keep := bundleOf(n.Asks[len(n.Asks)-1]), len(n.Asks)-1
	for last != "" && keep > 0 && bundleOf(n.Asks[keep-1]) == last {
		keep--
	}
	n.Asks, n.Photos = n.Asks[:keep], n.Photos[:min(keep, len(n.Photos))]
	return n
}

// toOffer shows what follows for what has been picked.
func toOffer(t *visit.Turn) { show(t, noteOf(t.Visit), view.StepReturnOffer, view.ReasonNone) }

// pickedSome reports whether there is something in this return already.
func pickedSome(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return len(noteOf(v).Asks) > 0 }

// mayCollect: the shop knows where the payer lives, and not where a gift has gone.
func mayCollect(s *ledger.State, v visit.Visit, env visit.Env) bool {
	return picking(s, v, env) && !noteOf(v).Gift
}

// back leads one page back.
func back(t *visit.Turn) {
	n := noteOf(t.Visit)
	switch t.Visit.Step {
	case view.StepReturnOffer:
		if len(n.Asks) == 0 {
			t.Finish()
			return
		}
		n = withoutLast(t.State, n)
	case view.StepReturnHome:
		toOffer(t)
		return
	case view.StepReturnLines:
		if len(n.Asks) > 0 { // what has been picked stays
			toOffer(t)
			return
		}
		t.Finish()
		return
	case view.StepReturnReason, view.StepReturnQuantity, view.StepReturnText, view.StepReturnPhoto,
		view.StepReturnLine:
	default:
		t.Finish()
		return
	}
	n.Ask = Ask{}
	show(t, n, view.StepReturnLines, view.ReasonNone)
}
