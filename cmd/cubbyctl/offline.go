package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cubby/cmd/internal/core"
	"cubby/locker/secret"
	"cubby/locker/store"
)

func (t *tool) check(_ context.Context, args []string) error {
	if err := want(args, 0, 0, "check"); err != nil {
		return err
	}
	cfg, err := t.config()
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: station %s, %d doors on %d lines: no problem found\n", cfg.Path, cfg.Station.ID, len(cfg.Compartments()), len(cfg.Buses))
	return nil
}

func (t *tool) init(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "init"); err != nil {
		return err
	}
	s, err := t.openStore(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprintf(t.out, "the station is ready: %d events in its log\n", s.Head())
	return nil
}

func (t *tool) verify(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "verify"); err != nil {
		return err
	}
	s, err := t.openStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := s.Verify(ctx)
	if err != nil {
		return fmt.Errorf("after %d good events: %w", n, err)
	}
	fmt.Fprintf(t.out, "%d events, every one follows from the one before; the file is sound\n", n)
	return nil
}

func (t *tool) openStore(ctx context.Context, create bool) (*store.Store, error) {
	cfg, err := t.config()
	if err != nil {
		return nil, err
	}
	if create {
		if err := os.MkdirAll(cfg.Station.DataDir, 0o700); err != nil {
			return nil, err
		}
	}
	keys, err := secret.Open(core.KeyFile(cfg), create)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no station in %s yet: cubbyctl init makes one", cfg.Station.DataDir)
	}
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, cfg.Station.DataDir, cfg.Station.ID, keys)
}
