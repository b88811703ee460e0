package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"cubby/cmd/internal/config"
	"cubby/cmd/internal/core"
	"cubby/hardware/commission"
	"cubby/hardware/device"
	"cubby/locker/door/commissioning"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// A talk is a conversation about commissioning, with a core that runs or in
// this process.
type talk interface {
	State(ctx context.Context) (commissioning.State, error)
	Answer(ctx context.Context, a commissioning.Answer) (commissioning.State, error)
	End(ctx context.Context) error
}

// numbers collects a flag that may be given several times.
type numbers []string

func (n *numbers) String() string { return strings.Join(*n, ",") }

// Set takes one number, or several parted by commas.
func (n *numbers) Set(s string) error {
	*n = append(*n, strings.Split(s, ",")...)
	return nil
}

const commissionForm = "usage: cubbyctl commission [--parcel-inside DOOR,...] [--complete] [--screen | --id ID " +
	"--name NAME]"

// commission asks whoever stands in front of the wall, line by line, and takes
// the answers from the standard input.
func (t *tool) commission(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("commission", flag.ContinueOnError)
	flags.SetOutput(t.out)
	var inside numbers
	flags.Var(&inside, "parcel-inside",
		"`door` that is to stay shut, because a parcel lies behind it; several with commas between them")
	complete := flags.Bool("complete", false, "search all addresses and speeds, which takes minutes")
	screen := flags.Bool("screen", false, "let the touchscreen of a core that runs ask, and come back at once")
	id := flags.String("id", "", "the `id` of a new station that has no configuration yet: 3 to 40 lower-case "+
		"letters, digits and hyphens")
	name := flags.String("name", "", "its `name` for people")
	flags.Usage = func() {
		fmt.Fprintln(t.out, commissionForm+`

Finds lines, boards and doors, asking whoever stands in front of the wall. The station
serves nobody meanwhile, and comes back as it was unless you say "write" at the end. One
lock is driven for one answer. "stop" or Ctrl-C ends it at any time.`)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errors.New(commissionForm)
	}
	start := commissioning.Start{ParcelsInside: inside, Complete: *complete, Screen: *screen}
	if *screen {
		return t.commissionOnScreen(ctx, start)
	}
	with, err := t.beginTalk(ctx, start, *id, *name)
	if err != nil {
		return err
	}
	err = t.converse(ctx, with)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, with.End(ending))
}

// commissionOnScreen has the core that runs ask on its touchscreen.
func (t *tool) commissionOnScreen(ctx context.Context, start commissioning.Start) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.BeginCommission(ctx, start); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "The station is out of service, and its touchscreen asks. It comes back when that is over, "+
		"or five minutes after the last touch.")
	return nil
}

// beginTalk asks the core, and where none runs begins in this process.
func (t *tool) beginTalk(ctx context.Context, start commissioning.Start, id, name string) (talk, error) {
	cfg, err := t.config()
	fresh := ""
	if errors.Is(err, fs.ErrNotExist) && t.core == "" {
		if id == "" || name == "" {
			return nil, fmt.Errorf("%s is not there yet: give --id and --name to make it", t.configPath)
		}
		if cfg, fresh, err = core.NewStation(t.configPath, id, name); err != nil {
			return nil, err
		}
	} else if err != nil && t.core == "" {
		return nil,
			fmt.Errorf("%w\nmend the file first: commissioning keeps everything in it but lines, sizes and columns",
				err)
	}
	if fresh == "" {
		c, err := t.client()
		if err != nil {
			return nil, err
		}
		_, err = c.BeginCommission(ctx, start)
		var p *problem.Problem
		switch {
		case err == nil:
			fmt.Fprintln(t.out, "The station is out of service until commissioning is over.")
			return &far{client: c, begun: time.Now()}, nil
		case errors.As(err, &p) && p.Slug() == "commissioning":
			fmt.Fprintln(t.out, "Commissioning goes on where it was left. Whoever else answers it, here or on the "+
				"touchscreen, is asked the same.")
			return &far{client: c, heard: true}, nil
		case errors.As(err, &p):
			return nil, err
		case t.core != "":
			return nil, err
		}
	}
	return beginNear(ctx, cfg, start, fresh, t.out)
}

// beginNear begins in this process, which holds the station's database so that
// no core can start meanwhile.
func beginNear(ctx context.Context, cfg *config.Config, start commissioning.Start, fresh string,
	out io.Writer) (_ talk, err error) {
	said := &kept{}
	log := slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	logbook, err := core.OpenLogbook(ctx, cfg, "staff:terminal", log)
	if err != nil {
		return nil, err
	}
	occupied, err := logbook.Occupied(ctx)
	if err == nil {
		err = core.CheckInside(occupied, start.ParcelsInside)
	}
	if err == nil {
		occupied, err = core.StayShut(cfg, occupied, start.ParcelsInside)
	}
	if err == nil {
		err = config.Replaceable(cfg.Path)
	}
	var pulsed map[string][]time.Time
	if err == nil {
		pulsed, err = logbook.Pulsed(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, logbook.Close(ctx), said.tell(os.Stderr))
	}
	fmt.Fprintln(out, "No core runs; commissioning from here. Do not start one before the end.")
	return near{commission.Begin(commission.Plan{
		Known: core.Wiring(cfg, occupied), Finder: device.At(cfg.Devices.Folder), Foreign: core.OtherPorts(cfg),
		Limit: commission.Limit{Complete: start.Complete}, Log: log, Drive: logbook.Drive, Opened: logbook.Opened,
		Pulsed: pulsed,
		Write: func(lines []commission.Line, wall *commission.Wall, doors []commission.Door) error {
			return core.WriteWiring(cfg.Path, fresh, lines, wall, doors,
				func(written *config.Config) error { return logbook.Fits(ctx, written) })
		},
	}), logbook, said}, nil
}

// converse shows questions and passes answers on until the end.
func (t *tool) converse(ctx context.Context, with talk) error {
	lines := bufio.NewReader(t.in)
	for {
		s, err := with.State(ctx)
		if err != nil {
			return ended(ctx, err)
		}
		if s.Step == commissioning.StepWorking {
			continue
		}
		t.show(s)
		if s.Step == commissioning.StepDone {
			return nil
		}
		for asked := s.Number; s.Number == asked && s.Step != commissioning.StepWorking; {
			answer, err := t.wait(ctx, lines, s.Step == commissioning.StepWall)
			if err != nil {
				return err
			}
			if _, err = with.Answer(ctx, commissioning.Answer{Number: asked, Answer: answer}); err == nil {
				break
			}
			refused := err
			// Somebody else may have answered meanwhile, or it may be over.
			if s, err = with.State(ctx); err != nil {
				return ended(ctx, err)
			}
			fmt.Fprintf(t.out, "  ! %v%s\n", refused, choicesOf(s))
		}
	}
}

// errEnded is said to whoever interrupts it.
var errEnded = errors.New("ended; nothing was changed. Close the doors that are open")

// ended prefers that it was interrupted to what came of that.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errEnded
	}
	return err
}

// choicesOf are the answers that can be chosen, to be typed as they stand.
func choicesOf(s commissioning.State) string {
	var all []string
	for _, c := range s.Choices {
		all = append(all, c.Answer)
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}

func (t *tool) show(s commissioning.State) {
	fmt.Fprintln(t.out)
	for _, n := range s.Notes {
		fmt.Fprintln(t.out, " -", n)
	}
	fmt.Fprintln(t.out, s.Text)
	for _, c := range s.Choices {
		fmt.Fprintf(t.out, "  %-8s %s\n", c.Answer, c.Text)
	}
	if s.Free != "" {
		fmt.Fprintf(t.out, "  or type %s; @FILE reads it from a file\n", s.Free)
	}
	if s.Step == commissioning.StepWall {
		fmt.Fprintln(t.out, "  line by line, with an empty line at the end, or all in one line")
	}
}

// near is commissioning in this process.
type near struct {
	work    *commission.Work
	logbook *core.Logbook
	said    *kept
}

func (n near) State(ctx context.Context) (commissioning.State, error) {
	return n.work.Settled(ctx), ctx.Err()
}

func (n near) Answer(_ context.Context, a commissioning.Answer) (commissioning.State, error) {
	return n.work.Answer(a)
}

func (n near) End(ctx context.Context) error {
	n.work.Close()
	return errors.Join(n.logbook.Close(ctx), n.said.tell(os.Stderr))
}

// backAfter is how long the socket of a core may be away while it closes.
const backAfter = 20 * time.Second

// far is commissioning by a core that runs.
type far struct {
	client *client.Client
	begun  time.Time
	heard  bool // the desk has answered
	gone   bool // it does not answer any more
}

func (f *far) State(ctx context.Context) (commissioning.State, error) {
	for {
		s, err := f.client.Commission(ctx, 8)
		if err == nil {
			f.heard = true
			return s, nil
		}
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		if f.heard || time.Since(f.begun) > backAfter {
			f.gone = true
			return s, fmt.Errorf("%w\ncommissioning has ended without this program: what was not written is "+
				"forgotten, and the station comes back as it was", err)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

func (f *far) Answer(ctx context.Context, a commissioning.Answer) (commissioning.State, error) {
	return f.client.AnswerCommission(ctx, a)
}

func (f *far) End(ctx context.Context) error {
	defer f.client.Close()
	if f.gone {
		return nil
	}
	err := f.client.EndCommission(ctx)
	if p := (*problem.Problem)(nil); errors.As(err, &p) && p.Slug() == "not-commissioning" {
		return nil // it has ended by itself
	}
	return err
}
