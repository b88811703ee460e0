package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// startPocketBase runs the baseline of ./pocketbase as a process of its own, with
// its data below dir.
//
// Its load creates records. That is the same work as announcing new parcels, but
// not all that an announcement can do: PocketBase has no upsert by a key in one
// plain request; its batches have one, by its own id, with a look-up before.
func startPocketBase(ctx context.Context, program, dir, synchronous string) (t *target, stop func(), err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, nil, err
	}
	c := exec.CommandContext(ctx, program, "-address", address, "-dir", filepath.Join(dir, "pocketbase-"+synchronous),
		"-synchronous", synchronous)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := c.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() {
		_ = c.Process.Kill() // by its own id; it may have ended
		_ = c.Wait()
	}
	late := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() })
	token, err := bufio.NewReader(out).ReadString('\n') // it listens when it says that
	late.Stop()
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("PocketBase does not start: %w", err)
	}
	token = strings.TrimSpace(token)
	var next atomic.Int64
	create := func(r *request) []byte {
		id := strconv.FormatInt(next.Add(1), 10)
		return r.send("POST", "/api/collections/parcels/records", token,
			`{"code":"bench-`+id+`","order_id":"o-`+id+`","dimensions_mm":{"length":200,"width":100,"height":50}}`)
	}
	return &target{address: address, clients: 8, next: create}, stop, nil
}
