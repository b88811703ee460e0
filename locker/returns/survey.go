package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// photos are the pictures of a case.
func (c Case) photos() (all []string) {
	for _, i := range c.Items {
		all = append(all, i.Photos...)
	}
	return all
}

// Survey tells what waits, and which pictures are in use. It changes nothing.
type Survey struct{ Found *Surveyed }

// Surveyed is what a Survey has found.
type Surveyed struct {
	Waiting []Refund        // whoever pays has said nothing final of them; the oldest first
	Photos  map[string]bool // of cases that are open, and of whoever is at a terminal
}

// Decide looks.
func (c Survey) Decide(t *visit.Turn) error {
	c.Found.Waiting = openRefunds.Find(t.State, ledger.Open)
	slices.SortStableFunc(c.Found.Waiting, func(a, b Refund) int { return a.Ordered.Compare(b.Ordered) })
	c.Found.Photos = map[string]bool{}
	note := func(photos ...string) {
		for _, p := range photos {
			c.Found.Photos[p] = true
		}
	}
	for _, one := range openCases.Find(t.State, ledger.Open) {
		note(one.photos()...)
	}
	for _, v := range visit.Visits.All(t.State) {
		n := noteOf(v)
		note(n.Photo)
		note(n.Photos...)
		note(v.Picture)
	}
	return nil
}

// Shows finds out whether a case has a picture. It changes nothing.
type Shows struct {
	Case, Photo string
	Found       *bool
}

// Decide looks.
func (c Shows) Decide(t *visit.Turn) error {
	one, ok := Cases.Get(t.State, c.Case)
	*c.Found = ok && slices.Contains(one.photos(), c.Photo)
	return nil
}
