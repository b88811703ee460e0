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

// A target is a process under load.
type target struct {
	address string
	clients int
	next    func(*request) []byte
	rates   []float64 // of each round
}

// rest measures durable announcements and reading the feed, beside bare SQLite
// commits, a bare endpoint and PocketBase, on the same disk, in the same run.
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
		return r.send("PUT", "/v1/parcels/bench-"+id, s.token,
			`{"order_id":"o-`+id+`","dimensions_mm":{"length":200,"width":100,"height":50}}`)
	}
	bare, stop, err := startBare(ctx, s.dir)
	if err != nil {
		return err
	}
	defer stop()
	var changed atomic.Int64
	upsert := func(r *request) []byte {
		n := changed.Add(1)
		return r.send("PUT", fmt.Sprintf("/v1/parcels/up-%d", n%upserted), s.token,
			fmt.Sprintf(`{"order_id":"o-%d","dimensions_mm":{"length":200,"width":100,"height":50}}`, n))
	}
	one, least := &target{s.rest, 1, announce, nil}, &target{bare, 8, announce, nil}
	eight, upserts := &target{s.rest, 8, announce, nil}, &target{s.rest, 8, upsert, nil}
	targets := []*target{one, least, eight, upserts}
	var full, normal *pocket
	for synchronous, p := range map[string]**pocket{"full": &full, "normal": &normal} {
		if b.pocketbase == "" {
			continue
		}
		if *p, err = startPocketBase(ctx, b.pocketbase, s.dir, synchronous); err != nil {
			return err
		}
		defer (*p).stop()
		targets = append(targets, (*p).create, (*p).upsert)
	}
	var raw []float64
	for i := range rounds {
		rate, err := b.rawCommits(ctx, filepath.Join(s.dir, fmt.Sprintf("raw-%d.db", i)))
		if err != nil {
			return err
		}
		raw = append(raw, rate)
		if err := b.round(ctx, targets...); err != nil {
			return err
		}
	}
	baseline, measured := median(raw), median(eight.rates)
	line("raw SQLite, upsert + log row a commit, FULL", fmt.Sprintf("%.0f /s", baseline),
		fmt.Sprintf("%.0f to %.0f", slices.Min(raw), slices.Max(raw)))
	ratio("durable PUTs, 1 client, new parcels", median(one.rates), "raw commits", baseline, "/s")
	ratio("durable PUTs, 8 clients, new parcels", measured, "raw commits", baseline, "/s")
	line("durable PUTs, 8 clients, slowest and fastest round",
		fmt.Sprintf("%.0f %.0f", slices.Min(eight.rates), slices.Max(eight.rates)), "goal 10000")
	ratio("durable PUTs, 8 clients, new parcels", measured, "bare endpoint", median(least.rates), "/s")
	if full != nil {
		ratio("durable PUTs, 8 clients, new parcels", measured, "PocketBase, FULL", median(full.create.rates), "/s")
		ratio("the same, slowest round", slices.Min(eight.rates), "its fastest round",
			slices.Max(full.create.rates),
			"/s")
		ratio("upserts, 8 clients, known parcels", median(upserts.rates), "PocketBase, FULL",
			median(full.upsert.rates), "/s")
		line("PocketBase, NORMAL, 8 clients, new records", fmt.Sprintf("%.0f /s", median(normal.create.rates)),
			"answers before it is durable")
	} else {
		fmt.Println(
			`PocketBase was not measured: go build -C cmd/internal/bench/pocketbase -o "$PWD/build/pocketbase" . ` +
				`and then -pocketbase build/pocketbase`)
	}
	if next.Load() < 200 || changed.Load() < 2*upserted {
		return fmt.Errorf("only %d parcels were announced, and %d times again: too few for what follows",
			next.Load(),
			changed.Load())
	}
	if err := b.repeats(ctx, s); err != nil {
		return err
	}
	return b.feed(ctx, s, full)
}

// feed measures reading pages of the feed, beside pages of PocketBase's list.
func (b *bench) feed(ctx context.Context, s *site, full *pocket) error {
	page := func(r *request) []byte { return r.get("/v1/events?limit=100", s.token) }
	one, four := &target{s.rest, 1, page, nil}, &target{s.rest, 4, page, nil}
	targets := []*target{one, four}
	if full != nil {
		targets = append(targets, full.list)
	}
	for range rounds {
		if err := b.round(ctx, targets...); err != nil {
			return err
		}
	}
	for _, t := range []*target{one, four} {
		ratio(fmt.Sprintf("feed pages of 100 events, %d reader(s)", t.clients), median(t.rates), "goal", 5000, "/s")
	}
	if full != nil {
		ratio("feed pages of 100 events, 4 reader(s)", median(four.rates), "PocketBase, list of 100",
			median(full.list.rates), "/s")
	}
	return nil
}

// repeats measures what an Idempotency-Key costs a POST: a new one has two more durable
// writes, and one that came before has none.
func (b *bench) repeats(ctx context.Context, s *site) error {
	var next, keys atomic.Int64
	path := func() string { // parcels are held one after the other, then released, and so on
		n := next.Add(1)
		return fmt.Sprintf("/v1/parcels/up-%d/%s", n%upserted, []string{"hold", "release"}[n/upserted%2])
	}
	plain := &target{s.rest, 8, func(r *request) []byte { return r.send("POST", path(), s.token, "{}") }, nil}
	keyed := &target{s.rest, 8, func(r *request) []byte {
		return r.sendAs("POST", path(), s.token, strconv.FormatInt(keys.Add(1), 10), "{}")
	}, nil}
	replayed := &target{s.rest, 1, func(r *request) []byte {
		return r.sendAs("POST", "/v1/parcels/up-1/hold", s.token, "again", "{}")
	}, nil}
	for range rounds {
		if err := b.round(ctx, plain, keyed, replayed); err != nil {
			return err
		}
	}
	ratio("POSTs with a new Idempotency-Key, 8 clients", median(keyed.rates), "without",
		median(plain.rates), "/s")
	ratio("POSTs that are replayed, 1 client", median(replayed.rates), "without, 8 clients",
		median(plain.rates), "/s")
	return nil
}

// round has each target be under load in its turn.
func (b *bench) round(ctx context.Context, targets ...*target) error {
	for _, t := range targets {
		rate, err := b.load(ctx, t.address, t.clients, t.next)
		if err != nil {
			return err
		}
		t.rates = append(t.rates, rate)
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

func (r *request) send(method, path, token, body string) []byte {
	r.buf = fmt.Appendf(r.buf[:0], "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: "+
		"application/json\r\nContent-Length: %d\r\n\r\n%s", method, path, token, len(body), body)
	return r.buf
}

// sendAs is send with an Idempotency-Key.
func (r *request) sendAs(method, path, token, key, body string) []byte {
	r.buf = fmt.Appendf(r.buf[:0], "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: "+
		"application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s", method, path, token, key,
		len(body), body)
	return r.buf
}

func (r *request) get(path, token string) []byte {
	r.buf = fmt.Appendf(r.buf[:0], "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
		path,
		token)
	return r.buf
}

// load sends requests over kept connections and returns the answers a second.
// Anything but a 2xx ends it.
func (b *bench) load(ctx context.Context, address string, clients int,
	next func(*request) []byte) (float64, error) {
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

func oneClient(ctx context.Context, address string, next func(*request) []byte,
	answered *atomic.Int64) error {
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

// readAnswer reads one HTTP/1.1 answer and returns its status.
func readAnswer(in *bufio.Reader) (status int, err error) {
	length, chunked := -1, false
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
			if chunked {
				return status, skipChunks(in)
			}
			if length < 0 {
				return 0, errors.New("an answer without Content-Length")
			}
			_, err = in.Discard(length)
			return status, err
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("content-length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
}

// skipChunks reads a body in chunks to its end.
func skipChunks(in *bufio.Reader) error {
	for {
		head, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(head)), 16, 31)
		if err != nil {
			return err
		}
		if _, err := in.Discard(int(size) + len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
}
