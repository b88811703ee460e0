package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"cubby/locker/view"
)

const (
	pageChanges = 60
	stillFor    = 200 * time.Millisecond // without another pixel, for a page to be there
)

// pages measures from a touch, as the core hears it, to the last pixel of the
// page that follows.
func (s *site) pages(ctx context.Context, f *framebuffer, pid int) error {
	worked, err := cpuTicks(pid)
	if err != nil {
		return err
	}
	var took []time.Duration
	for range pageChanges / 2 {
		for _, touch := range []view.ActionName{view.ActStartPickup, view.ActBack} {
			v, err := s.staff.View(ctx)
			if err != nil {
				return err
			}
			before, begin := f.look(), time.Now()
			if err := s.staff.Act(ctx, view.Action{Visit: v.Visit, Name: touch}); err != nil {
				return fmt.Errorf("%s on %s: %w", touch, v.Step, err)
			}
			changed := time.Time{}
			err = until(ctx, func() error {
				switch now := f.look(); {
				case now != before:
					before, changed = now, time.Now()
				case !changed.IsZero() && time.Since(changed) > stillFor:
					return nil
				}
				return errors.New("the page does not come to rest")
			})
			if err != nil {
				return err
			}
			took = append(took, changed.Sub(begin))
		}
	}
	slices.Sort(took)
	figure := fmt.Sprintf("change of page, %d times", len(took))
	line(figure+", p50", ms(quantile(took, 0.5)), "1080x1920, software renderer")
	line(figure+", p95", ms(quantile(took, 0.95)), "goal 100 ms")
	after, err := cpuTicks(pid)
	if err != nil {
		return err
	}
	line("change of page, CPU of the screen each",
		fmt.Sprintf("%.0f ms", 1000/ticksPerSecond*float64(after-worked)/float64(len(took))), "of two cores")
	return nil
}

// A framebuffer is the picture of a virtual display, as its X server keeps it in
// a file: an XWD header, a colour map, then four bytes a pixel.
type framebuffer struct {
	pixels []byte
	all    []byte
	row    int // bytes
	seed   maphash.Seed
}

func openFramebuffer(dir string) (*framebuffer, error) {
	file, err := os.Open(filepath.Join(dir, "Xvfb_screen0"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	all, err := unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	// XWDFile.h: 25 words, big-endian; the first is the header's size, the 13th
	// bytes a line, the 20th how many colours of 12 bytes follow.
	word := func(n int) int { return int(binary.BigEndian.Uint32(all[4*n:])) }
	return &framebuffer{pixels: all[word(0)+12*word(19):], all: all, row: word(12), seed: maphash.MakeSeed()}, nil
}

// look sums up what is shown, of every fourth line.
func (f *framebuffer) look() uint64 {
	var h maphash.Hash
	h.SetSeed(f.seed)
	for at := 0; at+f.row <= len(f.pixels); at += 4 * f.row {
		h.Write(f.pixels[at : at+f.row])
	}
	return h.Sum64()
}

func (f *framebuffer) close() error { return unix.Munmap(f.all) }
