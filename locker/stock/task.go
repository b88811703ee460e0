package stock

import (
	"cmp"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// TaskKind is what staff have to do about an article.
type TaskKind string

// The kinds.
const (
	Reorder TaskKind = "low"      // no more than Plan.Low are available
	Refill  TaskKind = "refill"   // no more than Plan.Refill are in front, and the warehouse has some
	Recount TaskKind = "count"    // a door was open without a reason: count what lies behind it
	Missing TaskKind = "negative" // a place has less than nothing, or more is promised than there is
)

// A Task is something that staff have to do about an article.
type Task struct {
	Kind  TaskKind  `json:"kind"`
	SKU   string    `json:"sku"`
	Door  string    `json:"door,omitempty"`
	Why   string    `json:"why,omitempty"`
	Units int       `json:"units,omitempty"` // how many there were when it came up
	Since time.Time `json:"since"`
}

func (k Task) key() string { return string(k.Kind) + "/" + k.Door + "/" + k.SKU }

// Open are the tasks that are not done.
var Open = ledger.NewTable("stock_tasks", "task", ledger.InMemory[Task]())

// Tasks are those that are not done, the oldest first.
func Tasks(s *ledger.State) []Task {
	all := Open.All(s)
	slices.SortFunc(all, func(a, b Task) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.key(), b.key()))
	})
	return all
}

func openTask(t *visit.Turn, k Task) {
	if _, is := Open.Get(t.State, k.key()); !is {
		k.Since = t.Now
		t.Emit(&TaskOpened{k})
	}
}

func closeTask(t *visit.Turn, k Task) {
	if _, is := Open.Get(t.State, k.key()); is {
		t.Emit(&TaskClosed{OfArticle{k.SKU}, k.Kind, k.Door})
	}
}

// weigh opens and closes the tasks of an article by what there is of it.
func weigh(t *visit.Turn, sku string) {
	l := Of(t.State, sku)
	least := l.Available() + l.Safety
	for _, p := range Places {
		least = min(least, l.At(p))
	}
	for _, w := range []struct {
		kind  TaskKind
		is    bool
		units int
	}{
		{Missing, least < 0, least},
		{Reorder, l.Low > 0 && l.Available() <= l.Low, l.Available()},
		{Refill, l.Plan.Refill > 0 && l.Front() <= l.Plan.Refill && l.Warehouse > 0, l.Front()},
	} {
		if k := (Task{Kind: w.kind, SKU: sku, Units: w.units}); w.is {
			openTask(t, k)
		} else {
			closeTask(t, k)
		}
	}
}

func weighAll(t *visit.Turn, lines []Line) {
	seen := map[string]bool{}
	for _, l := range lines {
		if !seen[l.SKU] && !l.Afar {
			seen[l.SKU] = true
			weigh(t, l.SKU)
		}
	}
}

// SetPlan says what is asked of the stock of an article.
type SetPlan struct {
	SKU string
	Plan
}

// Decide notes it.
func (c SetPlan) Decide(t *visit.Turn) error {
	if !validSKU(c.SKU) {
		return refuseSKU()
	}
	for field, n := range map[string]int{"/safety": c.Safety, "/low": c.Low, "/refill": c.Refill} {
		if n < 0 || n > mostCounted {
			return ledger.Refuse(ledger.Invalid, "out-of-range", "0 to %d units", mostCounted).At(field)
		}
	}
	if Of(t.State, c.SKU).Plan != c.Plan {
		t.Emit(&Planned{OfArticle{c.SKU}, c.Plan})
		weigh(t, c.SKU)
	}
	return nil
}
