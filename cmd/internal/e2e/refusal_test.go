package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// stranger removes from a view what differs from one visit to the next.
func stranger(v view.View) string {
	v.Rev, v.Visit, v.TimeoutInMs, v.WarnInMs = 0, "", 0, 0
	return describe(v)
}

// Whatever is wrong with what is shown to the reader, the answer is the same,
// no door opens, and nothing of it is written down.
func TestEveryCodeThatDoesNotOpenGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	s := newStation(t, onceOnly)
	foreign := newStation(t)
	abroad := foreign.store("p-1").Data.Code
	used := s.store("p-1")
	s.collect(used.Data.Code, used.Data.Compartment)
	s.leave()
	held := s.store("p-2")
	undone := s.undone("p-3")
	gone := s.newCourier("Gone")
	s.ctl("", "courier", "remove", gone.id)
	frames := s.unlocks()

	long := strings.Repeat("LONGCODE", 75)
	tests := []struct{ name, text string }{
		{"never issued", "ABCDEFGHIJKLMNOPQRSTUVWXY2"},
		{"another station's", abroad},
		{"in small letters", strings.ToLower(held.Data.Code)},
		{"cut short", held.Data.Code[:25]},
		{"with something behind it", held.Data.Code + "2"},
		{"with a space before it", " " + held.Data.Code},
		{"the label of a parcel inside", "P-2"},
		{"a PIN in a picture", held.Data.PIN},
		{"a removed courier's badge", gone.badge},
		{"a badge that was never issued", "B:ABCDEFGHIJKLMNOPQRSTUVWXY2"},
		{"longer than any code", long},
		{"as much as a QR code can hold", strings.Repeat(long, 5)[:2953]},
		{"a link", "https://example.com/pickup?code=" + held.Data.Code},
		{"SQL", "' OR parcel='p-2' --"},
		{"binary", `\x80\x81\xfe\x00\xc3\x28\xa0\xa1BINARY`},
		{"control characters", `\x1d01\x1b[2J\x07CONTROL\x7f`},
		{"not UTF-8", `\xff\xfe\xfdNOTUTF8`},
	}
	answer := ""
	for _, c := range tests {
		flags := []string{"--fast"}
		if strings.Contains(c.text, `\x`) {
			flags = append(flags, "--raw")
		}
		s.scan(c.text, flags...)
		v := s.until(c.name+" is refused", func(v view.View) bool { return v.Step == view.StepPickupRefused })
		if answer == "" {
			answer = stranger(v)
		}
		if stranger(v) != answer {
			t.Errorf("%s: the answer is\n%s\nto others it was\n%s", c.name, stranger(v), answer)
		}
		s.leave()
	}
	// Who shows a code that was right is told what has become of it.
	s.scan(used.Data.Code, "--fast")
	if told := s.step(view.StepPickupRefused, view.ReasonCollected).OfPickup().Told; told == nil || told.At == nil {
		t.Errorf("told %+v", told)
	}
	s.leave()
	s.scan(undone, "--fast")
	s.step(view.StepPickupRefused, view.ReasonNotHere)
	s.leave()
	s.unlocked(frames...)
	if open := s.openDoors(); len(open) > 0 {
		t.Errorf("doors %v stand open", open)
	}

	// An identified courier is told more, and is no way around it either.
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	s.scan(undone)
	s.step(view.StepCourierReady, view.ReasonUnknownLabel)
	s.leave()
	s.touch(view.ActStartPickup, "")
	s.step(view.StepPickupEnter)
	s.touch(view.ActPIN, "00112233")
	s.step(view.StepPickupRefused, view.ReasonNotValid)
	s.leave()
	s.unlocked(frames...)

	s.collect(held.Data.Code, held.Data.Compartment) // the right one still opens
	var secrets []string
	for _, c := range tests {
		secrets = append(secrets, c.text)
	}
	secrets = append(secrets, held.Data.Code, held.Data.PIN, used.Data.PIN, s.courier.badge, s.courier.pin, s.token,
		"LONGCODELONG", "BINARY", "CONTROL", "NOTUTF8", "00112233")
	s.nowhereInClear(secrets)
	s.core.stop(t)
	s.nowhereInClear(secrets)
}

// undone has a parcel stored and taken back by the courier; its code is dead.
func (s *station) undone(id string) (code string) {
	s.t.Helper()
	s.announce(id)
	e := s.deposit(id)
	s.touch(view.ActUndo, "")
	s.step(view.StepCourierRetake, view.ReasonUndo)
	s.take(e.Data.Compartment)
	s.step(view.StepCourierReady)
	s.isParcel(id, parcel.DepositFailed, "")
	s.leave()
	return e.Data.Code
}

// nowhereInClear looks into every file of the station, the log of the core and
// the write-ahead log of its database included. That it would find something is
// shown by the order number of a parcel, which is no secret.
func (s *station) nowhereInClear(secrets []string) {
	s.t.Helper()
	found := false
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		found = found || bytes.Contains(text, []byte("SO-p-2"))
		s.notIn(path, text, secrets)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if !found {
		s.t.Fatal("no order number in the station's files: its secrets would not have been found either")
	}
	s.notIn(s.core.log, []byte(s.core.said()), secrets)
}

func (s *station) notIn(path string, text []byte, secrets []string) {
	s.t.Helper()
	for _, secret := range secrets {
		if secret == "P-2" { // a label is no secret
			continue
		}
		if !bytes.Contains(text, []byte(secret)) {
			continue
		}
		alone := regexp.MustCompile(`(^|[^0-9a-f])` + regexp.QuoteMeta(secret) + `($|[^0-9a-f])`)
		if len(secret) > 8 || alone.Match(text) { // eight digits can be a part of a hash
			s.t.Errorf("%s contains %q in clear", filepath.Base(path), secret)
		}
	}
}
