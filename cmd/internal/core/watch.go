package core

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"cubby/hardware"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/locker/store"
)

const (
	watchEvery = 5 * time.Second
	// How long the writer and a line may take over one thing: a bad disk takes seconds,
	// and a board that stutters 20 s for its longest frame.
	writerStill = 20 * time.Second
	lineStill   = time.Minute
)

// watch looks after what nothing else notices: files that were taken away, a writer or a
// line that stands still, codes that nobody fetches. It returns what the core cannot go on with.
func (c *Core) watch(ctx context.Context) error {
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	still := map[string]bool{}
	consumers := time.NewTimer(0)
	defer consumers.Stop()
	late := map[string]bool{}
	headFault, keyFault := "", ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-consumers.C:
			c.noteConsumers(ctx, now, late)
			c.noteKeys(now)
			consumers.Reset(consumersEvery)
			continue
		case <-look.C:
		}
		if err := c.store.InPlace(); err != nil {
			return err
		}
		now := ""
		if err := c.store.HeadFault(); err != nil {
			now = err.Error()
		}
		if now != headFault && now != "" {
			c.log.Warn("the end of the log cannot be written down beside the database", "error", now)
		}
		headFault = now
		now = ""
		if err := c.keyInPlace(); err != nil {
			now = err.Error()
		}
		if now != keyFault && now != "" {
			c.log.Warn("the station will not start again with the key that is there", "error", now)
		}
		keyFault = now
		c.noteStill(still)
	}
}

// sameKey is nil as long as the key file holds the key that is in use.
func sameKey(path string, keys *secret.Keys) error {
	now, err := secret.Open(path, false)
	if err != nil {
		return err
	}
	if !bytes.Equal(now.Cursor(), keys.Cursor()) {
		return fmt.Errorf("%s holds another key than the one in use: put back the one that belongs to the database",
			path)
	}
	return nil
}

// noteStill tells what stands still, and what moves again.
func (c *Core) noteStill(still map[string]bool) {
	told := sink{c.station, c.health, c.log}
	before := map[string]bool{}
	for device := range still {
		before[device] = true
	}
	clear(still)
	if d := c.station.Still(); d > writerStill {
		still[health.Core] = true
		told.note(health.Core, "stalled", fmt.Sprintf("the writer has not moved for %s", d.Round(time.Second)),
			time.Now())
	}
	for _, device := range c.site.Still(lineStill) {
		still[device] = true
		told.note(device, "stalled", "its goroutine does not move", time.Now())
	}
	for device := range before {
		if still[device] {
			continue
		}
		state, detail := string(hardware.Working), ""
		for _, d := range c.site.Conditions() {
			if d.Device == device {
				state, detail = string(d.Condition), d.Detail
			}
		}
		told.note(device, state, detail, time.Now())
	}
}

// Ready is nil, or why the station cannot serve.
func (s staff) Ready() error {
	if err := s.Station.Ready(); err != nil {
		return err
	}
	if d := s.Still(); d > writerStill {
		return ledger.Refuse(ledger.Unavailable, "not-serving",
			"the writer has not moved for %s: restart the core, and look at the disk", d.Round(time.Second))
	}
	if site := s.doors.site.Load(); site != nil {
		if still := site.Still(lineStill); len(still) > 0 {
			return ledger.Refuse(ledger.Unavailable, "not-serving", "%s does not move: restart the core", still[0])
		}
	}
	return nil
}

// examineAfter leaves the machine to the start, which takes some tenths of a second.
const examineAfter = 500 * time.Millisecond

// examine reads the whole database beside the service.
func (c *Core) examine(ctx context.Context) error {
	select {
	case <-time.After(examineAfter):
	case <-ctx.Done():
		return nil
	}
	begun := time.Now()
	err := c.store.Examine(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case store.IsDamage(err):
		return err
	case err != nil:
		c.log.Warn("the database could not be examined", "error", err)
	default:
		c.log.Info("the database is sound", "ms", time.Since(begun).Milliseconds())
	}
	return nil
}
