package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"cubby/hardware/sim/panel"
	"cubby/sync/pay/paysim"
	"cubby/sync/webhook"
)

// simulatePayments is a payment provider that takes no money, until interrupted.
func simulatePayments(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("pay", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	listen := f.String("listen", "127.0.0.1:8473", "")
	device := f.String("terminal", "", "")
	keyFile, secretFile := f.String("key-file", "", ""), f.String("secret-file", "", "")
	var cfg paysim.Config
	f.StringVar(&cfg.Notify, "notify", "", "")
	f.StringVar(&cfg.Address, "address", "", "")
	f.Uint64Var(&cfg.Seed, "seed", 1, "")
	words, err := mixed(f, args)
	switch {
	case err != nil:
		return err
	case len(words) > 0:
		return fmt.Errorf("pay takes no %q: %w", words[0], errUsage)
	}
	if cfg.Key, err = readLine(*keyFile); err != nil {
		return err
	}
	if cfg.Secret, err = readLine(*secretFile); err != nil {
		return err
	}
	if cfg.Notify != "" {
		if err := webhook.CheckSecret(cfg.Secret); err != nil {
			return fmt.Errorf("--notify needs --secret-file: %w", err)
		}
	}
	pages, err := panel.Listen(*listen)
	if err != nil {
		return fmt.Errorf("serve the provider's pages: %w", err)
	}
	defer pages.Close() // closed already by the server that had it
	var line net.Listener
	if *device != "" {
		if line, err = panel.Listen(*device); err != nil {
			return fmt.Errorf("serve the terminal: %w", err)
		}
		defer line.Close()
	}
	if cfg.Address == "" {
		cfg.Address = "http://" + pages.Addr().String()
	}
	cfg.Address = strings.TrimRight(cfg.Address, "/")
	fmt.Fprintf(out, "provider     %s/v1/payments, its faults at /sim/faults\n", cfg.Address)
	if line != nil {
		fmt.Fprintf(out, "terminal     %s, its screen at %s/terminal\n", line.Addr(), cfg.Address)
	}
	return servePayments(ctx, paysim.New(cfg), pages, line)
}

func servePayments(ctx context.Context, p *paysim.Provider, pages, line net.Listener) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	server := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 2) // one of each that serves
	var all sync.WaitGroup
	serve := func(do func() error) {
		all.Go(func() {
			defer end()
			if err := do(); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		})
	}
	serve(func() error { return server.Serve(pages) })
	if line != nil {
		serve(func() error { return p.ServeTerminal(line) })
	}
	<-ctx.Done()
	err := server.Close()
	if line != nil {
		err = errors.Join(err, line.Close())
	}
	all.Wait()
	close(failed)
	for why := range failed {
		err = errors.Join(err, why)
	}
	return err
}

// readLine is the one line of a file; empty without a file.
func readLine(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line := strings.TrimSpace(string(text))
	if line == "" || strings.ContainsAny(line, "\r\n") {
		return "", fmt.Errorf("%s is not one line of text", path)
	}
	return line, nil
}
