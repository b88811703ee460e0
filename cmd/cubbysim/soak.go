package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"cubby/cmd/internal/soak"
)

const mostVisits = 1_000_000

// soakVisits simulates the site and everybody in front of it.
func soakVisits(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("soak", flag.ContinueOnError)
	visits := f.Int("visits", 1000, "")
	calm := f.Bool("calm", false, "")
	core := f.String("core", "", "")
	return simulate(ctx, "soak", f, args, out, func(ctx context.Context, s *simulation) error {
		if *visits < 1 || *visits > mostVisits {
			return fmt.Errorf("--visits %d: 1 to %d: %w", *visits, mostVisits, errUsage)
		}
		report, err := soak.Play(ctx, soak.Config{
			Wall: s.site, Core: firstOf(*core, "unix:"+s.config.Rest.Socket), Visits: *visits,
			Seed: s.seed, Calm: *calm,
			Say: func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) },
		})
		if err != nil {
			return err
		}
		if err := report.Write(out); err != nil {
			return err
		}
		if n := len(report.Wrong); n > 0 {
			return fmt.Errorf("%d things were wrong; --seed %d plays the same people and faults again", n, s.seed)
		}
		return nil
	})
}
