package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// rest measures durable announcements and reading the feed, beside bare SQLite
// commits and reads of the same size, on the same disk, in the same run.
func (b *bench) rest(ctx context.Context) error {
	s, err := b.open(ctx, false)
	if err != nil {
		return err
	}
	defer s.close()
	// A machine that is shared changes within seconds: every figure is the median
	// of short rounds taken in turns.
	var next atomic.Int64
	announce := func(r *request) []byte {
		id := strconv.FormatInt(next.Add(1), 10)
		return r.put("/v1/parcels/bench-"+id, s.token, `{"order_id":"o-`+id+`","dimensions_mm":{"length":200,"width":100,"height":50}}`)
	}
	bare, stop, err := startBare(ctx, s.dir)
	if err != nil {
		return err
	}
	defer stop()
	var raw, least, one, eight []float64
	for i := range rounds {
		rate, err := b.rawCommits(ctx, filepath.Join(s.dir, fmt.Sprintf("raw-%d.db", i)))
		if err != nil {
			return err
		}
		raw = append(raw, rate)
		for _, load := range []struct {
			address string
			clients int
			rates   *[]float64
		}{{s.rest, 1, &one}, {bare, 8, &least}, {s.rest, 8, &eight}} {
			rate, err := b.load(ctx, load.address, load.clients, announce)
			if err != nil {
				return err
			}
			*load.rates = append(*load.rates, rate)
		}
	}
	baseline := median(raw)
	line("raw SQLite, upsert + log row a commit, FULL", fmt.Sprintf("%.0f /s", baseline), fmt.Sprintf("%.0f to %.0f", slices.Min(raw), slices.Max(raw)))
	ratio("durable PUTs, 1 client, new parcels", median(one), "raw commits", baseline, "/s")
	ratio("durable PUTs, 8 clients, new parcels", median(eight), "raw commits", baseline, "/s")
	line("durable PUTs, 8 clients, slowest and fastest round", fmt.Sprintf("%.0f %.0f", slices.Min(eight), slices.Max(eight)), "goal 10000")
	ratio("durable PUTs, 8 clients, new parcels", median(eight), "bare endpoint", median(least), "/s")
	if next.Load() < 200 {
		return fmt.Errorf("only %d parcels were announced: too few to read pages of 100", next.Load())
	}
	for _, clients := range []int{1, 4} {
		var rates []float64
		for range rounds {
			rate, err := b.load(ctx, s.rest, clients, func(r *request) []byte { return r.get("/v1/events?limit=100", s.token) })
			if err != nil {
				return err
			}
			rates = append(rates, rate)
		}
		ratio(fmt.Sprintf("feed pages of 100 events, %d reader(s)", clients), median(rates), "goal", 5000, "/s")
	}
	return nil
}

const rounds = 5 // of each rate

func median(rates []float64) float64 {
	slices.Sort(rates)
	return rates[len(rates)/2]
}

// rawCommits counts durable commits of one upserted row and one log row a second.
func (b *bench) rawCommits(ctx context.Context, path string) (float64, error) {
	db, err := openRaw(ctx, path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	begin, n := time.Now(), 0
	for ; time.Since(begin) < b.seconds/rounds; n++ {
		doc := fmt.Sprintf(`{"order_id":"o-%d","dimensions_mm":{"length":200,"width":100,"height":50}}`, n)
		if err := db.commit(1, func(int) (string, string) { return strconv.Itoa(n), doc }); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

// request builds HTTP requests by hand: the load must cost little of the two
// cores it shares with what it measures.
type request struct{ buf []byte }

func (r *request) put(path, token, body string) []byte {
	r.buf = fmt.Appendf(r.buf[:0], "PUT %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, token, len(body), body)
	return r.buf
}

func (r *request) get(path, token string) []byte {
	r.buf = fmt.Appendf(r.buf[:0], "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", path, token)
	return r.buf
}

// load sends requests over kept connections and returns the answers a second.
// Anything but a 2xx ends it.
func (b *bench) load(ctx context.Context, address string, clients int, next func(*request) []byte) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, b.seconds/rounds)
	defer cancel()
	var answered atomic.Int64
	failed := make(chan error, clients)
	var wg sync.WaitGroup
	begin := time.Now()
	for range clients {
		wg.Go(func() {
			if err := oneClient(ctx, address, next, &answered); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	select {
	case err := <-failed:
		return 0, err
	default:
		return float64(answered.Load()) / took.Seconds(), nil
	}
}

func oneClient(ctx context.Context, address string, next func(*request) []byte, answered *atomic.Int64) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	var r request
	in := bufio.NewReaderSize(conn, 64<<10)
	for ctx.Err() == nil {
		if _, err := conn.Write(next(&r)); err != nil {
			return err
		}
		status, err := readAnswer(in)
		if err != nil {
			return err
		}
		if status/100 != 2 {
			return fmt.Errorf("answered %d", status)
		}
		answered.Add(1)
	}
	return nil
}

// readAnswer reads one HTTP/1.1 answer with a Content-Length and returns its
// status.
func readAnswer(in *bufio.Reader) (status int, err error) {
	length := -1
	for first := true; ; first = false {
		text, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		text = bytes.TrimSpace(text)
		switch name, value, _ := bytes.Cut(text, []byte(": ")); {
		case first:
			if len(text) < 12 {
				return 0, fmt.Errorf("not an HTTP answer: %q", text)
			}
			if status, err = strconv.Atoi(string(text[9:12])); err != nil {
				return 0, err
			}
		case len(text) == 0:
			if length < 0 {
				return 0, errors.New("an answer without Content-Length")
			}
			_, err = in.Discard(length)
			return status, err
		case bytes.EqualFold(name, []byte("content-length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
}
