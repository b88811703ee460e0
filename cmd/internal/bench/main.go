// Command bench measures the real programs on this machine and prints each
// figure beside a baseline taken in the same run. It fails on errors only,
// never on a figure. "make bench" runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A measure takes one group of figures.
type measure struct {
	name string
	take func(b *bench, ctx context.Context) error
}

var measures = []measure{
	{"rest", (*bench).rest},
	{"scan", (*bench).scan},
	{"bus", (*bench).bus},
	{"start", (*bench).start},
	{"screen", (*bench).screen},
}

// bench is one run.
type bench struct {
	bin         string // folder of the programs
	openings    int
	scannerBaud int
	history     int
	seconds     time.Duration
	pocketbase  string // the program of ./pocketbase; empty: not measured
}

func main() {
	var b bench
	flag.StringVar(&b.bin, "bin", "bin", "`folder` of the built programs")
	flag.IntVar(&b.openings, "openings", 300, "doors to open for the scan-to-unlock latency, at most 320")
	flag.IntVar(&b.scannerBaud, "scanner-baud", 9600,
		"speed of the code reader's line; 115200 is about what USB readers do")
	flag.IntVar(&b.history, "history", 200_000, "parcels of history for the start-up time")
	flag.DurationVar(&b.seconds, "time", 5*time.Second, "for each throughput, in five rounds")
	flag.StringVar(&b.pocketbase, "pocketbase", "",
		"the built `program` of cmd/internal/bench/pocketbase, a baseline; empty: left out")
	only := flag.String("only", "", "measure only these, comma separated: rest,scan,bus,start,screen")
	bare := flag.String("bare", "", "serve only the bare endpoint, a baseline, at this `address`")
	bareDir := flag.String("bare-dir", "", "`folder` of the bare endpoint's database")
	flag.Parse()
	debug.SetGCPercent(400) // the load shares its cores with what it measures
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if *bare != "" {
		if err := serveBare(ctx, *bare, *bareDir); err != nil {
			fmt.Fprintln(os.Stderr, "bench: the bare endpoint:", err)
			os.Exit(1)
		}
		return
	}
	fmt.Printf("%-46s %14s %28s %8s\n", "figure", "measured", "beside", "ratio")
	for _, m := range measures {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), m.name) {
			continue
		}
		if err := m.take(&b, ctx); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", m.name, err)
			os.Exit(1)
		}
	}
}

// line prints a figure that stands for itself or beside a goal.
func line(figure, measured, beside string) {
	fmt.Printf("%-46s %14s %28s\n", figure, measured, beside)
}

// ratio prints a figure beside a baseline of the same unit.
func ratio(figure string, measured float64, baseline string, value float64, unit string) {
	fmt.Printf("%-46s %9.0f %-4s %22s %5.0f %8.2f\n", figure, measured, unit, baseline, value, measured/value)
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
