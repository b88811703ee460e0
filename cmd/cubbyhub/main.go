// Command cubbyhub is a central order system over many stations: it takes in what they
// push, tells them what changes, and shows both in the browser. Without a command it
// serves; the commands work on the same database, also beside the running hub.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"cubby/cmd/internal/shoprules"
	"cubby/locker/secret"
	"cubby/sync/connect/vendure"
	"cubby/sync/db"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "cubbyhub:", err)
		os.Exit(1)
	}
}

// A program is one run of cubbyhub.
type program struct {
	settings *settings
	in       io.Reader
	out      io.Writer
	log      *slog.Logger
}

// A command is one word of the program. The line is shown in the help.
type command struct {
	name, args, line string
	run              func(p *program, ctx context.Context, args []string) error
}

var commands = []command{
	{"check", "", "read the configuration and say what is wrong with it", (*program).check},
	{"user", "add NAME ROLE | list | remove NAME | password NAME [--password-stdin]",
		"who signs in to the console; roles: viewer, operator, admin. A password is made and shown once, " +
			"or read from the input", (*program).user},
	{"key", "add [--per-minute N] NAME SCOPE... | list | rotate [--overlap-hours N] NAME | revoke NAME",
		"API keys of programs; the token is shown once. Scopes: " + strings.Join(api.Scopes(), " "),
		(*program).key},
	{"station", "invite NAME [--address A] [--lat D --lon D] | rekey ID | list",
		"invite: the text that is printed lets a station join once, within 24 hours (cubbyctl enrol TEXT); " +
			"rekey: another such text for a station, whose key ends then", (*program).station},
	{"signing-key", "list | rotate pickup | rotate command",
		"the keys that sign pickup codes and commands for stations; they change by themselves. rotate: " +
			"another one signs in a day", (*program).signingKey},
	{"vendure", "list | done SHOP ORDER",
		"orders of shops that are under way, or differ; done: somebody has dealt with one that differs",
		(*program).shops},
}

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	flags := flag.NewFlagSet("cubbyhub", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	path := flags.String(
		"config",
		envOr("CUBBYHUB_CONFIG", "cubbyhub.toml"),
		"the hub's configuration `file`",
	)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) || err == nil && flags.Arg(0) == "help" {
		usage(out)
		return flag.ErrHelp
	}
	if err != nil {
		return fmt.Errorf("%w; cubbyhub --help shows what there is", err)
	}
	p := &program{in: in, out: out, log: slog.New(slog.NewTextHandler(errs, nil))}
	if p.settings, err = load(*path); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return p.serve(ctx)
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == flags.Arg(0) })
	if i < 0 {
		return fmt.Errorf("there is no command %q; cubbyhub --help shows what there is", flags.Arg(0))
	}
	c := commands[i]
	if err = c.run(p, ctx, flags.Args()[1:]); errors.Is(err, errArguments) {
		return fmt.Errorf("usage: cubbyhub [--config FILE] %s", strings.TrimSpace(c.name+" "+c.args))
	}
	return err
}

func usage(out io.Writer) {
	fmt.Fprint(out, "usage: cubbyhub [--config FILE] [COMMAND]\n"+
		"A central order system over many stations. Without a command it serves.\n\n")
	for _, c := range commands {
		fmt.Fprintf(out, "  %s\n      %s\n", strings.TrimSpace(c.name+" "+c.args), c.line)
	}
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// Files of the data folder.
const keyFile = "hub.key"

// open opens the hub. The data folder and the key are made when the hub is new.
func (p *program) open(ctx context.Context) (*hub.Hub, certificate, error) {
	c := p.settings
	if err := os.MkdirAll(c.Hub.DataDir, 0o700); err != nil {
		return nil, certificate{}, fmt.Errorf("make the data folder: %w", err)
	}
	// A database without its key is not made usable by another key.
	path := filepath.Join(c.Hub.DataDir, keyFile)
	_, noKey := os.Stat(path)
	_, noDatabase := os.Stat(c.database())
	key, err := secret.File(path, "hub key", c.Hub.Database != "" || noDatabase != nil)
	if err != nil {
		return nil, certificate{}, err
	}
	cert, err := c.openTLS(time.Now())
	if err != nil {
		return nil, certificate{}, err
	}
	pin := cert.pin
	if strings.HasPrefix(c.Hub.PublicURL, "http://") {
		pin = ""
	}
	h, err := hub.Open(ctx, hub.Config{
		At: c.database(), Key: key, Name: c.Hub.Name, PublicURL: c.Hub.PublicURL, Pin: pin, Log: p.log,
		Messages: c.messaging(), Refunds: hub.Settling(c.Hub.Refunds), PrivateWebhooks: c.Hub.Private,
		Parts: []db.Schema{vendure.Schema},
		CheckPolicy: func(shop, toml string) error {
			_, _, err := shoprules.Parse(shop+".toml", toml)
			return err
		},
	})
	if err != nil && noKey != nil { // it is the key of nothing
		err = errors.Join(err, os.Remove(path))
	}
	return h, cert, err
}

// with runs do with the hub open.
func (p *program) with(ctx context.Context, do func(h *hub.Hub) error) error {
	h, _, err := p.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(h), h.Close())
}
