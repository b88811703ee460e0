// Command cubby is the touchscreen of a station. Alone it runs the core in its
// own process; with --core it is only the screen of a core that runs elsewhere
// on this machine, and may be killed and started again at any moment.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"cubby/app"
	"cubby/cmd/internal/config"
	"cubby/cmd/internal/core"
	"cubby/cmd/internal/flags"
	"cubby/locker/visit"
	"cubby/sync/client"
)

func main() {
	var screen app.Config
	coreAt := flag.String("core", "", "be only the screen of the core at `unix:PATH`")
	terminal := flag.String("terminal", "",
		"be the screen of the terminal `NAME`, as [[terminal]] of the configuration has it; otherwise of the kiosk")
	path := flag.String("config", envOr("CUBBY_CONFIG", "cubby.toml"),
		"the station's configuration `file`; not read with --core")
	size := flag.String("size", "1080x1920", "of the window in pixels, `WIDTHxHEIGHT`")
	flag.BoolVar(&screen.Fullscreen, "fullscreen", false, "take the whole monitor, without a pointer")
	flag.IntVar(&screen.Monitor, "monitor", 0,
		"take the whole of monitor `N`, from 1, without a pointer; 0 lets the window system choose")
	flag.Float64Var(&screen.Scale, "scale", 1, "of everything on the screen, 0.5 to 4")
	flag.StringVar(&screen.Language, "language", "en", "of the pages shown before the core has answered")
	version := flag.Bool("version", false, "print the version and stop")
	flags.Parse(flag.CommandLine, "cubby",
		"The touchscreen of a station. Without --core it runs the core in its own process.")
	if *version {
		fmt.Println("cubby", core.Version())
		return
	}
	err := parseSize(*size, &screen)
	if err == nil {
		err = run(*coreAt, *path, *terminal, screen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cubby:", err)
		os.Exit(1)
	}
}

func parseSize(s string, to *app.Config) error {
	if n, err := fmt.Sscanf(s, "%dx%d", &to.Width, &to.Height); n != 2 || err != nil || to.Width < 480 ||
		to.Height < 480 {
		return fmt.Errorf("--size %s: give it as WIDTHxHEIGHT in pixels, each at least 480, for example 1080x1920", s)
	}
	if to.Monitor < 0 {
		return fmt.Errorf("--monitor %d: monitors are counted from 1", to.Monitor)
	}
	if to.Scale < 0.5 || to.Scale > 4 {
		return fmt.Errorf("--scale %g: between 0.5 and 4", to.Scale)
	}
	return nil
}

func run(coreAt, path, terminal string, screen app.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if coreAt == "" {
		socket, ended, err := ownCore(ctx, path, terminal)
		if err != nil {
			return err
		}
		defer func() { <-ended }()
		defer stop()
		coreAt = "unix:" + socket
	}
	c, err := client.New(coreAt, "")
	if err != nil {
		return err
	}
	defer c.Close()
	at := c.At(terminal)
	screen.Core, screen.Pictures = at, c.Picture
	if terminal != "" {
		screen.Title = "Cubby " + terminal
		go warn(ctx, at)
	}
	return app.Run(ctx, screen)
}

// warn says in words that the core knows no such terminal, also where nobody sees
// the screen. The screen goes on asking: the core may come back with one.
func warn(ctx context.Context, c *client.Client) {
	if _, err := c.View(ctx); client.NoTerminal(err) {
		fmt.Fprintln(os.Stderr, "cubby:", err)
	}
}

// ownCore runs the core in this process until ctx ends. Its store is closed
// when ended is.
func ownCore(ctx context.Context, path, terminal string) (socket string, ended <-chan struct{}, err error) {
	cfg, err := config.Load(path)
	if err != nil {
		return "", nil, err
	}
	if _, ok := cfg.TerminalNamed(terminal); !ok {
		return "", nil, fmt.Errorf("there is no terminal %q in %s: those there are stand under [[terminal]]",
			cmp.Or(terminal, visit.Kiosk), path)
	}
	up, done, failed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	log := core.NewLog(core.StandardError())
	go func() {
		defer close(done)
		defer log.Close()
		serves := sync.OnceFunc(func() { close(up) })
		err := core.Serve(ctx, cfg, log.Logger, serves)
		for errors.Is(err, core.ErrRestart) { // there is no supervisor
			err = core.Serve(ctx, cfg, log.Logger, serves)
		}
		failed <- err
	}()
	select {
	case <-up:
		return cfg.Rest.Socket, done, nil
	case err := <-failed:
		return "", nil, err
	}
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
