package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	parcels "cubby/assets/demo"
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

// A simulation is a site as the command line wants it.
type simulation struct {
	config  *config.Config
	site    *sim.Site
	seed    uint64
	keep    string
	address string
	demo    panel.Demo
}

func run(ctx context.Context, args []string, out io.Writer) error {
	return simulate(ctx, "run", flag.NewFlagSet("run", flag.ContinueOnError), args,
		out, func(ctx context.Context, _ *simulation) error {
			<-ctx.Done()
			return nil
		})
}

// simulate opens the site that the flags and the configuration describe, serves
// its panel, and keeps both until play ends or something fails. Flags of a
// command's own are in f already.
func simulate(ctx context.Context, name string, f *flag.FlagSet, args []string, out io.Writer,
	play func(context.Context, *simulation) error) error {
	f.SetOutput(io.Discard)
	ports := links{}
	path := f.String("config", firstOf(os.Getenv("CUBBY_CONFIG"), "cubby.toml"), "")
	f.Var(ports, "port", "")
	scanner := f.String("scanner", "", "")
	var s simulation
	f.StringVar(&s.address, "http", firstOf(os.Getenv("CUBBYSIM_HTTP"), defaultPanel), "")
	f.Uint64Var(&s.seed, "seed", 1, "")
	faults := f.String("fault-file", "", "")
	auto := f.Bool("auto", false, "")
	f.StringVar(&s.keep, "keep", "", "")
	devices := f.String("devices", "", "")
	f.StringVar(&s.demo.Folder, "demo", "", "")
	f.StringVar(&s.demo.Screen, "screen", "", "")
	words, err := mixed(f, args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return fmt.Errorf("%s takes no %q: %w", name, words[0], errUsage)
	}
	if err := s.demo.Check(); err != nil {
		return err
	}
	if s.demo.Folder != "" {
		if s.demo.Labels, err = demoLabels(); err != nil {
			return err
		}
	}
	if s.config, err = config.Load(*path); err != nil {
		return err
	}
	if *scanner != "" {
		ports["scanner"] = *scanner
	}
	plan, err := planOf(s.config, ports, *devices, s.seed)
	if err != nil {
		return err
	}
	if s.keep != "" {
		if plan.Left, err = sim.ReadKept(s.keep); err != nil {
			return err
		}
	}
	listener, err := panel.Listen(s.address)
	if err != nil {
		return fmt.Errorf("serve the panel: %w", err)
	}
	defer listener.Close() // closed already by the server that had it
	if s.site, err = sim.Open(plan); err != nil {
		return err
	}
	if err := readFaults(s.site, *faults); err != nil {
		return errors.Join(err, s.site.Close())
	}
	if *auto {
		s.site.SetAuto(true, 0)
	}
	for _, d := range s.site.Devices() {
		fmt.Fprintf(out, "%-12s %s -> %s\n", d.Name, firstOf(d.Link, "by its adapter"), d.Terminal)
	}
	fmt.Fprintf(out, "panel        http://%s/\n", listener.Addr())
	return s.serve(ctx, listener, play)
}

// serve serves the panel and writes down how doors are left, until play ends.
func (s *simulation) serve(ctx context.Context, listener net.Listener,
	play func(context.Context, *simulation) error) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	var others sync.WaitGroup
	failed := make(chan error, 2) // one of each that serves
	fail := func(err error) {
		failed <- err
		end()
	}
	if s.keep != "" {
		others.Go(func() {
			if err := s.site.Keep(s.keep); err != nil {
				fail(err) // a wall that forgets is worse than none
			}
		})
	}
	server := &http.Server{Handler: panel.Handler(ctx, s.site, s.demo), ReadHeaderTimeout: 5 * time.Second}
	others.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fail(fmt.Errorf("the panel has stopped: %w", err))
		}
	})
	err := play(ctx, s)
	end()
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		err = errors.Join(err, server.Close())
	}
	err = errors.Join(err, s.site.Close())
	others.Wait()
	close(failed)
	for why := range failed {
		err = errors.Join(err, why)
	}
	return err
}

// demoLabels are the labels on the demo's parcels, in order.
func demoLabels() (labels []string, err error) {
	var all map[string]struct{ Label string }
	if err := json.Unmarshal(parcels.Parcels, &all); err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		labels = append(labels, all[id].Label)
	}
	return labels, nil
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
