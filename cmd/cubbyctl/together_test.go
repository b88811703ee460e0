package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/cmd/internal/core"
	"cubby/locker/door/commissioning"
)

// Two people answer one commissioning, and the slower one ends it.
func TestWhoeverAnswersTooLateIsShownWhatIsAskedNow(t *testing.T) {
	t.Parallel()
	_, link := bareWall(t)
	cfg, fresh, err := core.NewStation(filepath.Join(t.TempDir(), "cubby.toml"), "new-1", "New")
	if err != nil {
		t.Fatal(err)
	}
	with, err := beginNear(t.Context(), cfg, commissioning.Start{}, fresh, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	faster := func() error {
		s, err := with.State(t.Context())
		if err == nil {
			_, err = with.Answer(t.Context(), commissioning.Answer{Number: s.Number, Answer: "ok"})
		}
		return err
	}
	var out bytes.Buffer
	h := &hand{t: t, lines: []keyed{{nil, link}, {faster, "ok"}, {nil, "okay"}, {nil, "stop"}}}
	slower := &tool{in: h, out: &out}
	if err := slower.converse(context.Background(), with); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if err := with.End(t.Context()); err != nil {
		t.Error(err)
	}
	_, after, late := strings.Cut(out.String(), "look again")
	if !late || !strings.Contains(after, "Close every door of board 1") {
		t.Errorf("after an answer that came too late it said\n%s", &out)
	}
	if !strings.Contains(after, "Answer with one of the choices. (ok, skip, stop)") {
		t.Errorf("it does not say what can be chosen:\n%s", after)
	}
}

// asking asks the same for ever.
type asking struct{ talk }

func (asking) State(context.Context) (commissioning.State, error) {
	return commissioning.State{Step: commissioning.StepClose, Number: 1}, nil
}

func (asking) Answer(context.Context, commissioning.Answer) (commissioning.State, error) {
	return commissioning.State{}, nil
}

// While commissioning goes on in this process no core can start.
func TestWhoeverWalksAwayFromATerminalGivesTheStationBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, person := io.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- (&tool{in: keys, out: io.Discard}).converse(t.Context(), asking{}) }()
		begun := time.Now()
		time.Sleep(20 * time.Minute)
		if _, err := person.Write([]byte("again\n")); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if away := time.Since(begun); away != 50*time.Minute || err == nil ||
				!strings.Contains(err.Error(), "half an hour") {
				t.Errorf("it ended after %v: %v", away, err)
			}
		case <-time.After(24 * time.Hour):
			t.Error("it waits for ever")
		}
		person.Close()
	})
}
