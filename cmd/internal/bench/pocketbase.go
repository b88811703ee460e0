package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// A pocket is a PocketBase with what it is asked.
type pocket struct {
	create, upsert, list *target
	stop                 func()
}

// startPocketBase runs the baseline of ./pocketbase as a process of its own, with
// its data below dir.
//
// Creating a record is the same work as announcing a new parcel, but not all that an
// announcement can do: PocketBase has no upsert by a key in one plain request. Its
// batches have one, by its own id, with a look-up before: that is beside announcing a
// parcel again with a change. A page of its list is beside a page of the feed.
func startPocketBase(ctx context.Context, program, dir, synchronous string) (p *pocket, err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, program, "-address", address, "-dir", filepath.Join(dir, "pocketbase-"+synchronous),
		"-synchronous", synchronous)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	stop := func() {
		_ = c.Process.Kill() // by its own id; it may have ended
		_ = c.Wait()
	}
	late := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() })
	token, err := bufio.NewReader(out).ReadString('\n') // it listens when it says that
	late.Stop()
	if err != nil {
		stop()
		return nil, fmt.Errorf("PocketBase does not start: %w", err)
	}
	token = strings.TrimSpace(token)
	var next, changed atomic.Int64
	const body = `"order_id":"o-%d","dimensions_mm":{"length":200,"width":100,"height":50}}`
	create := func(r *request) []byte {
		n := next.Add(1)
		return r.send("POST", "/api/collections/parcels/records", token,
			fmt.Sprintf(`{"code":"bench-%d",`+body, n, n))
	}
	upsert := func(r *request) []byte {
		n := changed.Add(1)
		return r.send("POST", "/api/batch", token,
			fmt.Sprintf(`{"requests":[{"method":"PUT","url":"/api/collections/parcels/records","body":`+
				`{"id":"bench%010d","code":"up-%d",`+body+`}]}`, n%upserted, n%upserted, n))
	}
	list := func(r *request) []byte {
		return r.get("/api/collections/parcels/records?perPage=100&skipTotal=1", token)
	}
	return &pocket{
		&target{address: address, clients: 8, next: create}, &target{address: address, clients: 8, next: upsert},
		&target{address: address, clients: 4, next: list}, stop,
	}, nil
}

// upserted is how many parcels are announced again and again.
const upserted = 1000
