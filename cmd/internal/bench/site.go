package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"cubby/locker/people"
	"cubby/sync/client"
)

// site is a station with 160 doors on ten boards: a simulated wall and a core,
// each a process of its own, in a folder of its own.
type site struct {
	dir, rest, panel string
	core, sim        *exec.Cmd
	bin              string
	staff            *client.Client
	centre           *client.Client // may read codes
	token            string
	seen             int // of the journal
}

const boards, locks = 10, 16

// open starts a site. The caller closes it.
func (b *bench) open(ctx context.Context, withWall bool) (s *site, err error) {
	s = &site{bin: b.bin}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.dir, err = os.MkdirTemp("", "cubby-bench-"); err != nil {
		return s, err
	}
	if s.rest, err = freeAddress(); err != nil {
		return s, err
	}
	if s.panel, err = freeAddress(); err != nil {
		return s, err
	}
	if err = os.WriteFile(s.config(), []byte(wallConfig(s.rest, b.scannerBaud)), 0o600); err != nil {
		return s, err
	}
	if withWall {
		if s.sim, err = s.startProgram("cubbysim", "run", "--config", s.config(), "--http", s.panel); err != nil {
			return s, err
		}
		if err = until(ctx, func() error { return get("http://"+s.panel+"/doors", nil) }); err != nil {
			return s, fmt.Errorf("the simulated site does not start: %w", err)
		}
	}
	if err = s.startCore(ctx); err != nil {
		return s, err
	}
	if s.staff, err = client.New("unix:"+filepath.Join(s.dir, "run/core.sock"), ""); err != nil {
		return s, err
	}
	if s.token, err = s.staff.AddKey(ctx, people.Key{
		Name: "bench", Scopes: []string{"parcels:read", "parcels:write", "events:read"},
	}); err != nil {
		return s, err
	}
	notifier, err := s.staff.AddKey(ctx, people.Key{
		Name: "notifier", Scopes: []string{"events:read", "codes:read"},
	})
	if err != nil {
		return s, err
	}
	s.centre, err = client.New("http://"+s.rest, notifier)
	return s, err
}

func (s *site) config() string { return filepath.Join(s.dir, "cubby.toml") }

func (s *site) startProgram(name string, args ...string) (*exec.Cmd, error) {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	log, err := os.OpenFile(filepath.Join(s.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log
	return c, c.Start()
}

// startCore starts cubbyd and waits until it is ready.
func (s *site) startCore(ctx context.Context) (err error) {
	if s.core, err = s.startProgram("cubbyd", "--config", s.config()); err != nil {
		return err
	}
	if err = until(ctx, func() error { return get("http://"+s.rest+"/readyz", nil) }); err != nil {
		return fmt.Errorf("the core does not become ready: %w", err)
	}
	return nil
}

func stopProgram(c *exec.Cmd) {
	if c != nil && c.Process != nil {
		c.Process.Signal(os.Interrupt)
		c.Wait()
	}
}

func (s *site) close() {
	stopProgram(s.core)
	stopProgram(s.sim)
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// until repeats a check every two milliseconds, for at most 30 s.
func until(ctx context.Context, check func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func get(url string, into any) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	return decode(resp, into)
}

func post(url string, body, into any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(b))
	if err != nil {
		return err
	}
	return decode(resp, into)
}

func decode(resp *http.Response, into any) error {
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", resp.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}

func wallConfig(rest string, scannerBaud int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[station]\nid=\"bench\"\nname=\"Bench\"\n[rest]\nlisten=%q\nrequests_per_minute=0\n", rest)
	b.WriteString("[policy]\ncourier_timeout_s=1800\n")
	b.WriteString("[[size]]\nname=\"S\"\nwidth_mm=400\nheight_mm=90\ndepth_mm=500\n")
	fmt.Fprintf(&b, "[scanner]\nport=\"run/scanner\"\nbaud=%d\n", scannerBaud)
	b.WriteString("[[bus]]\nname=\"main\"\nport=\"run/lockbus\"\npulse_ms=500\n")
	for board := range boards {
		fmt.Fprintf(&b, "[[bus.board]]\naddress=%d\npresence=true\n", board)
	}
	for board := range boards {
		b.WriteString("[[column]]\ndoors=[\n")
		for lock := 1; lock <= locks; lock++ {
			fmt.Fprintf(&b, "{number=\"%d\",size=\"S\",bus=\"main\",board=%d,lock=%d},\n",
				board*locks+lock, board, lock)
		}
		b.WriteString("]\n")
	}
	return b.String()
}
