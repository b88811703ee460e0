package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
)

// entry is a line of the simulated site's journal.
type entry struct {
	Seq         int    `json:"seq"`
	Kind        string `json:"kind"`
	FirstByteNS int64  `json:"first_byte_ns"`
	LastByteNS  int64  `json:"last_byte_ns"`
}

// scan measures from the last byte of a scan to the first byte of the unlock
// frame, both as seen at the far end of the pseudo-terminals: recognising,
// deciding, the durable commit and the bus lie between.
func (b *bench) scan(ctx context.Context) error {
	s, err := b.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	courier, err := s.staff.AddCourier(ctx, "bench", "")
	if err != nil {
		return err
	}
	if err := until(ctx, func() error { return s.allDoorsKnown(ctx) }); err != nil {
		return err
	}
	parcels := min(b.openings/2+1, boards*locks)
	for i := range parcels {
		if _, _, err := s.staff.Announce(ctx, "p"+strconv.Itoa(i), parcel.Announcement{},
			ledger.Condition{}); err != nil {
			return err
		}
	}
	if err := s.scanText(courier.Badge); err != nil {
		return err
	}
	if err := s.onStep(ctx, view.StepCourierReady); err != nil {
		return err
	}
	var deposits, pickups []time.Duration
	for i := range parcels {
		took, err := s.opening(ctx, "p"+strconv.Itoa(i), view.StepCourierOpen, view.StepCourierReady)
		if err != nil {
			return fmt.Errorf("deposit %d: %w", i, err)
		}
		// The first opening after a start waits until a coil is off that another
		// process may have driven a moment ago.
		if i > 0 {
			deposits = append(deposits, took)
		}
	}
	if err := s.finish(ctx); err != nil {
		return err
	}
	codes, err := s.codes(ctx)
	if err != nil {
		return err
	}
	for i, code := range codes[1:] {
		took, err := s.opening(ctx, code, view.StepPickupOpen, view.StepPickupDone)
		if err != nil {
			return fmt.Errorf("pickup %d: %w", i, err)
		}
		pickups = append(pickups, took)
	}
	for _, m := range []struct {
		what string
		took []time.Duration
	}{{"label scan", deposits}, {"pickup scan", pickups}} {
		slices.Sort(m.took)
		figure := fmt.Sprintf("%s to unlock frame, %d times", m.what, len(m.took))
		line(figure+", p50", ms(quantile(m.took, 0.5)), "10 boards at 19200 baud")
		line(figure+", p99", ms(quantile(m.took, 0.99)), "goal 10 ms")
	}
	return nil
}

// opening plays one scan with a whole door cycle and returns its latency.
func (s *site) opening(ctx context.Context, text string, open, then view.Step) (time.Duration, error) {
	var before struct{ Entries []entry }
	if err := get("http://"+s.panel+"/journal?after="+strconv.Itoa(s.seen), &before); err != nil {
		return 0, err
	}
	for _, e := range before.Entries {
		s.seen = e.Seq
	}
	if err := s.scanText(text); err != nil {
		return 0, err
	}
	if err := s.onStep(ctx, open); err != nil {
		return 0, err
	}
	v, err := s.staff.View(ctx)
	if err != nil {
		return 0, err
	}
	what := "put"
	if open == view.StepPickupOpen {
		what = "take"
	}
	for _, action := range []string{what, "close"} {
		if err := post("http://"+s.panel+"/doors/"+v.Door(), map[string]string{"action": action}, nil); err != nil {
			return 0, err
		}
	}
	if err := s.onStep(ctx, then); err != nil {
		return 0, err
	}
	var after struct{ Entries []entry }
	if err := get("http://"+s.panel+"/journal?after="+strconv.Itoa(s.seen), &after); err != nil {
		return 0, err
	}
	var scanned, unlocked int64
	for _, e := range after.Entries {
		switch e.Kind {
		case "scan":
			scanned = e.LastByteNS
		case "unlock":
			unlocked = e.FirstByteNS
		}
	}
	if scanned == 0 || unlocked == 0 {
		return 0, fmt.Errorf("the journal shows no scan and unlock: %+v", after.Entries)
	}
	return time.Duration(unlocked - scanned), nil
}

func (s *site) scanText(text string) error {
	return post("http://"+s.panel+"/scan", map[string]any{"text": text}, nil)
}

func (s *site) onStep(ctx context.Context, step view.Step) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var last view.View
	for last = range s.staff.Views(ctx) {
		if last.Step == step {
			return nil
		}
	}
	return fmt.Errorf("the screen is on %s (%s), not on %s", last.Step, last.Reason, step)
}

func (s *site) allDoorsKnown(ctx context.Context) error {
	all, err := s.staff.Compartments(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Offerable() {
			return fmt.Errorf("door %s is %s", c.Number, c.Door)
		}
	}
	return nil
}

func (s *site) finish(ctx context.Context) error {
	for range 2 {
		v, err := s.staff.View(ctx)
		if err != nil {
			return err
		}
		if err := s.staff.Act(ctx, view.Action{Visit: v.Visit, Name: view.ActFinish}); err != nil {
			return err
		}
	}
	return nil
}

// codes reads the pickup codes the feed tells, oldest first.
func (s *site) codes(ctx context.Context) (codes []string, err error) {
	cursor := ""
	for {
		page, next, err := s.centre.Events(ctx, cursor, 100, 0)
		if err != nil || len(page) == 0 {
			return codes, err
		}
		for _, raw := range page {
			var e struct {
				Type string
				Data struct{ Code string }
			}
			if err := json.Unmarshal(raw, &e); err != nil {
				return nil, err
			}
			if strings.HasSuffix(e.Type, "parcel.stored") && e.Data.Code != "" {
				codes = append(codes, e.Data.Code)
			}
		}
		cursor = next
	}
}
