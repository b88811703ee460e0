package parcel

import (
	"slices"

	"cubby/locker/label"
	"cubby/locker/visit"
)

// How well a scan fits a parcel's label, the best first.
const (
	exactText  = iota // it is the text that was announced
	sameNumber        // it is another spelling of the same number
	mayStand          // one may stand for the other
	not               // none of these
)

// parcelWith finds the parcel a scanned label belongs to, however it was spelled
// when it was announced. The exact text wins, then the same number, and a parcel
// that can still come before those that have ended. Where two parcels that can
// come fit equally it is nobody's, and alike names them.
func parcelWith(t *visit.Turn, scanned string) (found Parcel, ok bool, alike []string) {
	keys := label.Keys(scanned)
	if len(keys) == 0 {
		return Parcel{}, false, nil
	}
	best := not
	for _, candidate := range ByLabel(t.State, keys) {
		fit := candidate.fits(scanned, keys)
		over := candidate.State.Final()
		switch {
		case fit == not:
		case ok && candidate.ID == found.ID:
		case !ok, found.State.Final() && !over, found.State.Final() == over && fit < best:
			found, best, ok, alike = candidate, fit, true, nil
		case found.State.Final() == over && fit == best && !over && !slices.Contains(alike, candidate.ID):
			alike = append(alike, candidate.ID)
		}
	}
	if len(alike) > 0 {
		alike = append(alike, found.ID)
		slices.Sort(alike)
		return Parcel{}, false, alike
	}
	return found, ok, nil
}

// fits tells how well a scan with these keys fits the label of p that it fits best.
func (p *Parcel) fits(scanned string, keys []string) int {
	fit, bare := not, label.Bare(scanned)
	for text := range p.allLabels {
		switch {
		case text == scanned || label.Bare(text) == bare:
			return exactText
		case label.Key(text) == keys[0]:
			fit = sameNumber
		case fit == not && (slices.Contains(keys, label.Key(text)) || slices.Contains(label.Keys(text), keys[0])):
			fit = mayStand
		}
	}
	return fit
}

// allLabels goes through what a courier may scan.
func (p *Parcel) allLabels(yield func(string) bool) {
	if !yield(p.Label) {
		return
	}
	for _, text := range p.Labels {
		if !yield(text) {
			return
		}
	}
}

// furtherLabels leaves out what is only another spelling of the first label, or
// of one before.
func furtherLabels(first string, further []string) (kept []string) {
	known := []string{label.Key(first)}
	for _, text := range further {
		if key := label.Key(text); !slices.Contains(known, key) {
			known, kept = append(known, key), append(kept, text)
		}
	}
	return kept
}

// sameLabels reports whether two lists are spellings of the same labels.
func sameLabels(a, b []string) bool {
	return slices.EqualFunc(a, b, func(a, b string) bool { return label.Key(a) == label.Key(b) })
}

// KeysOf are the keys of one label: its own, and those of what it may stand for.
func KeysOf(text string) (own string, others []string) {
	keys := label.Keys(text)
	if len(keys) == 0 {
		return label.Key(text), nil
	}
	return keys[0], keys[1:]
}

// keys lists the keys of all labels; others too when they are asked for.
func (p *Parcel) keys(others bool) (all []string) {
	for text := range p.allLabels {
		own, further := KeysOf(text)
		all = append(all, own)
		if others {
			all = append(all, further...)
		}
	}
	return all
}

// spellings are the keys of a parcel that are not in its own row, each with
// whether it is the key of a label.
func spellings(p Parcel) (entries [][]any) {
	own := map[string]bool{}
	var keys []string
	add := func(key string, is bool) {
		if _, known := own[key]; !known {
			keys = append(keys, key)
		}
		own[key] = own[key] || is
	}
	for text := range p.allLabels {
		key, others := KeysOf(text)
		if text != p.Label {
			add(key, true)
		}
		for _, key := range others {
			add(key, false)
		}
	}
	for _, key := range keys {
		entries = append(entries, []any{key, own[key]})
	}
	return entries
}

// courierRef is what a courier's page shows of a parcel: what was scanned,
// or the end of it.
func (p Parcel) courierRef() string {
	if len(p.Label) > 16 {
		return "…" + p.Label[len(p.Label)-12:]
	}
	return p.Label
}

// ShortRef is what a public screen may show of a parcel: the last four characters
// of its order number, or of its label.
func (p Parcel) ShortRef() string {
	s := p.OrderID
	if s == "" {
		s = p.Label
	}
	if r := []rune(s); len(r) > 4 {
		return "…" + string(r[len(r)-4:])
	}
	return s
}
