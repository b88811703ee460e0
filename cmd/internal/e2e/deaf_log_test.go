package e2e

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// Whoever reads the core's log may hang. A line is pulled out and put back, people come
// and go, and the core ends when it is asked to, all with a pipe that is full.
func TestALogThatNobodyReadsStopsNoDoor(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	e := s.store("p-1")
	s.leave()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if err := fill(write); err != nil {
		t.Fatal(err)
	}
	s.crash()
	s.core = &program{name: "cubbyd", log: s.core.log, ended: make(chan struct{})}
	s.core.launch(t, write, nil, s.dir, filepath.Join(programs, "cubbyd"), "--config", s.config)
	write.Close()
	s.until("the core is back", func(v view.View) bool { return v.Step == view.StepIdle && len(v.Notices) == 0 })
	for range 3 {
		s.fault("unplug", "main", "on")
		s.until("the line is gone", func(v view.View) bool { return len(v.Notices) > 0 })
		s.fault("unplug", "main", "off")
		s.until("the line is back", func(v view.View) bool { return v.Step == view.StepIdle && len(v.Notices) == 0 })
	}
	s.scan(e.Data.Code)
	s.step(view.StepPickupOpen)
	s.take(e.Data.Compartment)
	s.step(view.StepPickupDone)
	if out := s.ctl("", "parcels", string(parcel.Collected)); !strings.Contains(out, "p-1") {
		t.Errorf("collected: %s", out)
	}
	go s.core.stop(t) // and what could not be said comes when somebody reads
	text, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	<-s.core.ended
	if said := string(bytes.TrimLeft(text, "\x00")); !strings.Contains(said, "core is serving") {
		t.Errorf("when its log is read at last it says %q", said)
	}
}

// fill leaves a pipe no room.
func fill(pipe *os.File) error {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return err
	}
	var full error
	err = raw.Write(func(fd uintptr) bool { // the file is in the poller, so it does not block
		for {
			if _, full = syscall.Write(int(fd), make([]byte, 4096)); full != nil {
				return true
			}
		}
	})
	if errors.Is(full, syscall.EAGAIN) {
		full = nil
	}
	return errors.Join(err, full)
}
