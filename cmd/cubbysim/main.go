// Command cubbysim is a simulated site: it stands in for the lock boards, the
// doors, the readers, printers and sensors and the people of the station in a
// configuration file.
//
// "cubbysim run" makes pseudo-terminals at the ports the file names and serves a
// panel on a loopback address; all other commands are clients of that panel.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

const usage = `usage: cubbysim COMMAND

  run [--config cubby.toml] [--port NAME=PATH] [--scanner PATH] [--devices DIR]
      [--http 127.0.0.1:8471] [--seed N] [--fault-file FILE] [--auto]
      [--keep FILE] [--demo DIR] [--screen WHERE]
                                  simulate the site until interrupted.
                                  --port: another place for a bus, scanner, badge,
                                  scanner-TERMINAL, badge-TERMINAL, printer, label
                                  or climate-NAME; a path, or
                                  tcp://127.0.0.1:0 for a network bridge.
                                  --devices: list adapters in this folder, for
                                  ports such as usb:1a86:7523; [devices] otherwise.
                                  --fault-file: a script, see below.
                                  --keep: the next run finds doors and contents as
                                  they were
                                  --demo: the panel offers the badges, labels
                                  and codes of the demo in this folder
                                  --screen: the panel shows the touchscreen at
                                  this address of this machine in its place, or
                                  says these words there

  soak [--visits 1000] [--calm] [--core unix:PATH], and what run takes
                                  simulate the site and everybody in front of it:
                                  couriers, customers, strangers, staff and
                                  vandals, by --seed, at the core that serves the
                                  same configuration. Then say what was wrong;
                                  status 1 when anything was. --calm: no vandals

  pay [--listen 127.0.0.1:8473] [--terminal 127.0.0.1:8474] [--key-file FILE]
      [--notify URL --secret-file FILE] [--address URL] [--seed N]
                                  simulate a payment provider until interrupted:
                                  pages that open in a browser, a terminal, and
                                  faults on demand by PUT /sim/faults. --key-file:
                                  what callers have to show; --notify: where signed
                                  notices are posted; --address: how browsers reach
                                  its pages, when not by --listen

  doors [--json]                  every door: state, what is inside, pulses
  door N close|push|open|open-by-force
  put N, take N                   reach into an open compartment
  history N [--json]              how a door has really moved
  wait door N open|closed|ajar [--timeout 5s]
  auto on|off [SECONDS]           a virtual person serves and closes open doors

  scan [--raw] [--fast] TEXT      let the reader read a code; --raw takes Go
                                  escapes such as \x1d or \r. Further: --aim ]Q1,
                                  --times 5, --glue TEXT (another code follows with
                                  nothing in between), --gbk
  scan [--fast] --image FILE      the same from a PNG or JPEG picture
  badge UID [--hold 500ms]        hold a card before the reader
                                  --terminal NAME, with scan and badge: before the
                                  reader of this terminal; otherwise the kiosk's
  paper [printer|label] [--png FILE] [--json] [--tear-off]
                                  what has come out of a printer
  climate [DEGREES [HUMIDITY]] [--sensor NAME]

  fault KIND TARGET VALUE [for 5s]
                                  such as: stuck 5 on, slow 5 1200ms, noise main
                                  0.05, silent-board main/1 on, late-reply main
                                  300ms@0.1, unplug scanner on, cover printer on;
                                  the target * is all of them, the value off mends
  faults                          what is wrong now
  faults --explain                every kind of fault, what it takes and does
  script FILE                     one thing to a line: a fault as above, or "at 12s
                                  fault unplug main on for 3s", "every 30s door 7
                                  open-by-force", "at 5s scan C1001"
  journal [--after SEQ]           what crossed the wires, as JSON

Configuration: --config, or CUBBY_CONFIG, or ./cubby.toml.
Panel: --http ADDRESS after the command, or CUBBYSIM_HTTP, or 127.0.0.1:8471.
`

// errUsage asks for the usage text and exit status 2.
var errUsage = errors.New("see the usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, errUsage):
		if err != errUsage {
			fmt.Fprintf(os.Stderr, "cubbysim: %v\n\n", err)
		}
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintf(os.Stderr, "cubbysim: %v\n", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string, out io.Writer) error {
	err := obey(ctx, args, out)
	if errors.Is(err, flag.ErrHelp) {
		_, err = io.WriteString(out, usage)
	}
	return err
}

func obey(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return flag.ErrHelp
	}
	name, args := args[0], args[1:]
	switch name {
	case "run":
		return run(ctx, args, out)
	case "soak":
		return soakVisits(ctx, args, out)
	case "pay":
		return simulatePayments(ctx, args, out)
	}
	c := &client{out: out}
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&c.address, "http", firstOf(os.Getenv("CUBBYSIM_HTTP"), defaultPanel), "")
	f.BoolVar(&c.json, "json", false, "")
	f.BoolVar(&c.raw, "raw", false, "")
	f.BoolVar(&c.fast, "fast", false, "")
	f.StringVar(&c.image, "image", "", "")
	f.StringVar(&c.timeout, "timeout", "5s", "")
	f.IntVar(&c.after, "after", 0, "")
	f.BoolVar(&c.gbk, "gbk", false, "")
	f.StringVar(&c.aim, "aim", "", "")
	f.StringVar(&c.terminal, "terminal", "", "")
	f.StringVar(&c.glue, "glue", "", "")
	f.IntVar(&c.times, "times", 0, "")
	f.StringVar(&c.hold, "hold", "500ms", "")
	f.StringVar(&c.sensor, "sensor", "", "")
	f.StringVar(&c.png, "png", "", "")
	f.BoolVar(&c.tearOff, "tear-off", false, "")
	f.BoolVar(&c.explain, "explain", false, "")
	words, err := mixed(f, args)
	if err != nil {
		return err
	}
	return c.do(ctx, name, words)
}

// mixed parses flags that stand before, between or after the words.
func mixed(f *flag.FlagSet, args []string) ([]string, error) {
	var words []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%s: %w", strings.TrimPrefix(err.Error(), "flag "), errUsage)
		}
		rest := f.Args()
		if len(rest) == 0 {
			return words, nil
		}
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
