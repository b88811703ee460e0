package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/secret"
	"cubby/locker/store"
)

// start measures how fast the core serves with a long history, and what it
// needs when nothing happens.
func (b *bench) start(ctx context.Context) error {
	s, err := b.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	if err := until(ctx, func() error { return s.allDoorsKnown(ctx) }); err != nil {
		return err
	}
	if err := idle("core, 10 boards polled", s.core.Process.Pid, "goal 60 MB, 2 %"); err != nil {
		return err
	}
	stopProgram(s.core)
	if err := writeHistory(ctx, s.dir, b.history); err != nil {
		return err
	}
	begin := time.Now()
	if err := s.startCore(ctx); err != nil {
		return err
	}
	line(fmt.Sprintf("core, start to ready, %d parcels of history", b.history), ms(time.Since(begin)), "goal 1000 ms")
	return idle("core with that history", s.core.Process.Pid, "goal 60 MB, 2 %")
}

// writeHistory fills the store with parcels that were collected long ago.
func writeHistory(ctx context.Context, dir string, parcels int) error {
	keys, err := secret.Open(filepath.Join(dir, "data", "station.key"), false)
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, filepath.Join(dir, "data"), "bench", keys)
	if err != nil {
		return err
	}
	at := store.Circumstances{At: time.Now(), Actor: "bench", Cause: "history"}
	for i := 0; i < parcels; {
		tx, err := st.Begin()
		if err != nil {
			return errors.Join(err, st.Close())
		}
		ch := ledger.NewState(nil)
		for range min(1000, parcels-i) {
			id := "h" + strconv.Itoa(i)
			of := parcel.OfParcel{ParcelID: id, OrderID: "o" + id, Label: id}
			tx.Append([]ledger.Fact{&parcel.ParcelAnnounced{
				OfParcel: of, PickupHours: 72,
			}, &parcel.ParcelCollected{OfParcel: of, Compartment: "1"}}, at)
			parcel.Parcels.Put(ch, id, parcel.Parcel{
				ID: id, State: parcel.Collected, Label: id, OrderID: "o" + id, PickupHours: 72, EndedAt: &at.At, Rev: 2,
			})
			i++
		}
		tx.Save(ch.Changes())
		if err := tx.Commit(); err != nil {
			return errors.Join(err, st.Close())
		}
	}
	return st.Close()
}

// idle prints what a process holds and uses while nobody does anything.
func idle(what string, pid int, goal string) error {
	const settle, watch = 2 * time.Second, 5 * time.Second
	time.Sleep(settle) // what a start needs is over by then
	before, err := cpuTicks(pid)
	if err != nil {
		return err
	}
	time.Sleep(watch) // the thing measured is that nothing happens
	after, err := cpuTicks(pid)
	if err != nil {
		return err
	}
	resident, err := residentKB(pid)
	if err != nil {
		return err
	}
	percent := float64(after-before) / ticksPerSecond / watch.Seconds() * 100
	line(what+": memory, idle CPU", fmt.Sprintf("%.0f MB, %.1f %%", float64(resident)/1024, percent), goal)
	return nil
}

const ticksPerSecond = 100 // USER_HZ on Linux

func cpuTicks(pid int) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is too short", pid)
	}
	user, err := strconv.Atoi(f[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(f[12])
	return user + system, err
}

func residentKB(pid int) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(b)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmRSS:" {
			return strconv.Atoi(f[1])
		}
	}
	return 0, fmt.Errorf("/proc/%d/status names no VmRSS", pid)
}

// screen measures the touchscreen in a window of its own virtual display.
func (b *bench) screen(ctx context.Context) error {
	s, err := b.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	display, stop, err := virtualDisplay(s.dir)
	if err != nil {
		return err
	}
	defer stop()
	picture, err := openFramebuffer(s.dir)
	if err != nil {
		return err
	}
	defer picture.close()
	c := exec.Command(filepath.Join(s.bin, "cubby"), "--core", "unix:"+filepath.Join(s.dir, "run/core.sock"))
	c.Env = append(os.Environ(), "DISPLAY="+display, "LIBGL_ALWAYS_SOFTWARE=1")
	begin := time.Now()
	if err := c.Start(); err != nil {
		return err
	}
	defer stopProgram(c)
	if err := until(ctx, func() error { return painted(ctx, display) }); err != nil {
		return fmt.Errorf("the screen draws nothing: %w", err)
	}
	line("screen, start to idle page, software renderer", ms(time.Since(begin)), "goal 1500 ms")
	if err := s.pages(ctx, picture, c.Process.Pid); err != nil {
		return err
	}
	return idle("screen, 1080x1920", c.Process.Pid, "goal 2 %")
}

// virtualDisplay starts an X server without a monitor that keeps its picture in
// a folder.
func virtualDisplay(dir string) (name string, stop func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer r.Close()
	c := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1080x1920x24", "-fbdir", dir, "-nocursor",
		"-nolisten", "tcp", "+extension", "GLX")
	c.ExtraFiles = []*os.File{w}
	err = c.Start()
	w.Close()
	if err != nil {
		return "", nil, fmt.Errorf("%w (make test installs Xvfb)", err)
	}
	var number int
	if _, err := fmt.Fscan(r, &number); err != nil {
		stopProgram(c)
		return "", nil, fmt.Errorf("start Xvfb: %w", err)
	}
	return fmt.Sprintf(":%d", number), func() { stopProgram(c) }, nil
}

// painted looks at the display: an idle page has many colours, an empty window
// one or two.
func painted(ctx context.Context, display string) error {
	look := exec.CommandContext(ctx, "import", "-silent", "-window", "root", "-crop", "600x400+0+0", "-resize", "25%",
		"-format", "%k", "info:")
	look.Env = append(os.Environ(), "DISPLAY="+display)
	out, err := look.Output()
	if err != nil {
		return err
	}
	if colours, err := strconv.Atoi(strings.TrimSpace(string(out))); err != nil || colours < 20 {
		return fmt.Errorf("%s colours", strings.TrimSpace(string(out)))
	}
	return nil
}
