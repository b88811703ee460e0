// Command cubbyd is the core of a station without a screen: it owns the store,
// the doors and the local REST endpoint. Screens connect to its Unix socket.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"cubby/cmd/internal/config"
	"cubby/cmd/internal/core"
	"cubby/cmd/internal/flags"
)

func main() {
	path := flag.String("config", envOr("CUBBY_CONFIG", "cubby.toml"), "the station's configuration `file`")
	version := flag.Bool("version", false, "print the version and stop")
	flags.Parse(flag.CommandLine, "cubbyd",
		"The core of a station without a screen: it owns the store, the doors and the REST endpoint.")
	if *version {
		fmt.Println("cubbyd", core.Version())
		return
	}
	log := core.NewLog(core.StandardError())
	slog.SetDefault(log.Logger) // also what others write with package log
	err := run(*path, log)
	if err != nil {
		fmt.Fprintln(log, "cubbyd:", err)
	}
	log.Close()
	switch {
	case errors.Is(err, core.ErrRestart):
		os.Exit(restarts)
	case err != nil:
		os.Exit(1)
	}
}

// restarts is the exit status after a restart was ordered: a supervisor that starts programs
// again only after a failure does so too.
const restarts = 75

// The Go heap is kept under memoryGoal bytes where possible: a small machine
// runs the screen beside the core, and without a goal the 19 MiB of each PIN
// hash would linger. Below the goal the collector has no need to hurry.
const (
	memoryGoal = 44 << 20
	gcPercent  = 400
)

func run(path string, log *core.Log) error {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryGoal)
		debug.SetGCPercent(gcPercent)
	}
	cfg, err := config.Load(path)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return core.Serve(ctx, cfg, log.Logger, nil)
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
