package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/panel"
)

const defaultPanel = "127.0.0.1:8471"

// links collects --port NAME=PATH.
type links map[string]string

func (l links) String() string { return "" }

func (l links) Set(s string) error {
	name, path, ok := strings.Cut(s, "=")
	if !ok || name == "" || path == "" {
		return fmt.Errorf("want NAME=PATH, such as main=/tmp/lockbus")
	}
	l[name] = path
	return nil
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	f := flag.NewFlagSet("run", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	ports := links{}
	path := f.String("config", firstOf(os.Getenv("CUBBY_CONFIG"), "cubby.toml"), "")
	f.Var(ports, "port", "")
	scanner := f.String("scanner", "", "")
	address := f.String("http", firstOf(os.Getenv("CUBBYSIM_HTTP"), defaultPanel), "")
	seed := f.Uint64("seed", 1, "")
	faults := f.String("fault-file", "", "")
	auto := f.Bool("auto", false, "")
	keep := f.String("keep", "", "")
	devices := f.String("devices", "", "")
	words, err := mixed(f, args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return fmt.Errorf("run takes no %q: %w", words[0], errUsage)
	}
	c, err := config.Load(*path)
	if err != nil {
		return err
	}
	if *scanner != "" {
		ports["scanner"] = *scanner
	}
	plan, err := planOf(c, ports, *devices, *seed)
	if err != nil {
		return err
	}
	if *keep != "" {
		if plan.Left, err = sim.ReadKept(*keep); err != nil {
			return err
		}
	}
	listener, err := panel.Listen(*address)
	if err != nil {
		return fmt.Errorf("serve the panel: %w", err)
	}
	site, err := sim.Open(plan)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	var keeping sync.WaitGroup
	var keepErr error
	defer func() {
		err = errors.Join(err, site.Close())
		keeping.Wait()
		err = errors.Join(err, keepErr)
	}()
	if *keep != "" {
		keeping.Go(func() {
			if keepErr = site.Keep(*keep); keepErr != nil {
				end() // a wall that forgets is worse than none
			}
		})
	}
	if err := readFaults(site, *faults); err != nil {
		return errors.Join(err, listener.Close())
	}
	if *auto {
		site.SetAuto(true, 0)
	}
	for _, d := range site.Devices() {
		fmt.Fprintf(out, "%-8s %s -> %s\n", d.Name, firstOf(d.Link, "by its adapter"), d.Terminal)
	}
	fmt.Fprintf(out, "panel    http://%s/\n", listener.Addr())

	server := &http.Server{Handler: panel.Handler(ctx, site), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the panel has stopped: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		return server.Close()
	}
	return nil
}

func readFaults(site *sim.Site, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the faults: %w", err)
	}
	defer file.Close()
	if err := site.ReadFaults(file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
