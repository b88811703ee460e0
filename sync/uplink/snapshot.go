package uplink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"cubby/sync/protocol"
)

// Snapshots is where snapshots come from.
type Snapshots interface {
	// Snapshot reads from a place on what has this tag, or another snapshot from its
	// beginning.
	Snapshot(ctx context.Context, from int64, tag string) (*http.Response, error)
}

// mostSnapshot bounds a snapshot, in packed bytes.
const mostSnapshot = 1 << 30

// A fetched snapshot lies in a file.
type fetched struct {
	file   *os.File
	cursor string
}

func (s fetched) done() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// fetch reads a snapshot into the spool file. What was cut off is read on where it ended,
// as long as the centre has the same snapshot.
func (u *Uplink) fetch(ctx context.Context) (s fetched, err error) {
	f, err := os.OpenFile(u.cfg.Spool, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return s, err
	}
	s.file = f
	defer func() {
		if err != nil {
			s.done()
		}
	}()
	var at int64
	tag, sum := "", ""
	for tries := 0; ; tries++ {
		cut, err := func() (cut, err error) {
			a, err := u.cfg.Centre.Snapshot(ctx, at, tag)
			if err != nil {
				return err, nil
			}
			defer a.Body.Close()
			if a.StatusCode == http.StatusOK { // from the beginning
				at = 0
				if err := f.Truncate(0); err != nil {
					return nil, err
				}
			}
			if _, err := f.Seek(at, io.SeekStart); err != nil {
				return nil, err
			}
			tag, sum, s.cursor = a.Header.Get("ETag"), a.Header.Get(protocol.HeaderSHA256),
				a.Header.Get(protocol.HeaderCursor)
			n, err := io.Copy(f, io.LimitReader(a.Body, mostSnapshot-at))
			at += n
			return err, nil
		}()
		if err != nil {
			return s, err
		}
		if cut == nil {
			break
		}
		if tries == 8 || !u.pause(ctx, tries, cut) {
			return s, cut
		}
	}
	if s.cursor == "" {
		return s, errors.New("the centre's snapshot does not say where its changes go on")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return s, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return s, err
	}
	if have := hex.EncodeToString(h.Sum(nil)); have != sum {
		return s, fmt.Errorf("the centre's snapshot has arrived damaged: its SHA-256 is %s, and should be %s",
			have, sum)
	}
	_, err = f.Seek(0, io.SeekStart)
	return s, err
}
