package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"cubby/cmd/internal/core"
	"cubby/cmd/internal/shoprules"
	"cubby/locker/store"
	"cubby/sync/refund"
)

func (t *tool) check(_ context.Context, args []string) error {
	if err := want(args, 0, 0, "check"); err != nil {
		return err
	}
	cfg, err := t.config()
	if err != nil {
		return err
	}
	rules, err := shoprules.Load(cfg.Returns.RulesDir)
	if err != nil {
		return err
	}
	if said := cfg.Messages; said.Send {
		if err := said.Notify(cfg.Station.Languages).Check(); err != nil {
			return fmt.Errorf("[messages] in %s: %w", cfg.Path, err)
		}
	}
	for _, p := range cfg.Providers() {
		if _, err := refund.ReadKey(p.KeyFile); err != nil {
			fmt.Fprintf(t.out, "refund_provider %s has to wait: %v\n", p.Name, err)
		}
	}
	fmt.Fprintf(t.out, "%s: station %s, %d doors on %d lines: no problem found\n", cfg.Path, cfg.Station.ID,
		len(cfg.Compartments()), len(cfg.Buses))
	for _, shop := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(t.out, "%s: the rules of returns of shop %s: no problem found\n", cfg.Returns.RulesDir, shop)
	}
	return nil
}

const initForm = "init [--new | --accept-older]"

// init makes a station. With --new it makes a database for one that has lost its own,
// with --accept-older it goes on from a copy; both have every door looked into.
func (t *tool) init(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(initForm, flag.ContinueOnError)
	flags.SetOutput(t.out)
	fresh := flags.Bool("new", false, "the database is lost: make another; every compartment is to be looked into")
	older := flags.Bool("accept-older", false,
		"an older copy of the database was put back: go on from it; every compartment is to be looked into")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := want(flags.Args(), 0, 0, initForm); err != nil {
		return err
	}
	if *fresh && *older {
		return errors.New("usage: cubbyctl " + initForm)
	}
	cfg, err := t.config()
	if err != nil {
		return err
	}
	doors := len(cfg.Compartments())
	switch {
	case *fresh:
		if err := core.NewData(ctx, cfg); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "the station has a new database; each of its %d doors is to be looked into, and given "+
			"back with: cubbyctl restore DOOR REASON\n", doors)
	case *older:
		if err := core.AcceptOlder(ctx, cfg); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "the station goes on from this copy; each of its %d doors is to be looked into, and "+
			"those without a parcel given back with: "+
			"cubbyctl restore DOOR REASON\n", doors)
	default:
		_, s, err := core.OpenData(ctx, cfg, store.Opening{Create: true})
		if err != nil {
			return err
		}
		defer s.Close()
		fmt.Fprintf(t.out, "the station is ready: %d events in its log\n", s.Head())
	}
	return nil
}

func (t *tool) verify(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "verify"); err != nil {
		return err
	}
	cfg, err := t.config()
	if err != nil {
		return err
	}
	_, s, err := core.OpenData(ctx, cfg, store.Opening{})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no station in %s yet: cubbyctl init makes one", cfg.Station.DataDir)
	}
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := s.Verify(ctx)
	if err != nil {
		return fmt.Errorf("after %d good events: %w", n, err)
	}
	if err := s.Replay(ctx); err != nil {
		return fmt.Errorf("all %d events follow from each other, but the tables do not follow from them: %w; "+
			"restore the newest backup", n, err)
	}
	fmt.Fprintf(t.out, "%d events, every one follows from the one before; the file is sound\n", n)
	if s.Unwitnessed {
		fmt.Fprintln(t.out, "station.head was missing: whether there were newer events once, nobody can say")
	}
	return nil
}
