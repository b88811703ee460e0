package locker

import (
	"errors"

	"cubby/locker/label"
)

// parcelWith finds the parcel a scanned label belongs to, however it was spelled
// when it was announced. Where a label holds several numbers the most exact one
// that is known wins, and a parcel that can still come before one that has ended.
func (t *turn) parcelWith(scanned string) (ended Parcel, ok bool) {
	for _, key := range label.Keys(scanned) {
		p, found := t.ParcelByLabel(key)
		if found && !p.State.Final() {
			return p, true
		}
		if found && !ok {
			ended, ok = p, true
		}
	}
	return ended, ok
}

// misread reports whether a label's own check digit says that it was read or
// typed wrongly.
func misread(scanned string) bool {
	_, err := label.Parse(scanned)
	var m *label.Misread
	return errors.As(err, &m)
}
