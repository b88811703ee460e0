// Command cubbyctl is the operator's tool. Most commands speak to the running
// core over its Unix socket; init, check and verify work on the files of a
// station that is not running.
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
	"time"

	"cubby/cmd/internal/config"
	"cubby/sync/client"
)

// A command is one word of the tool. The line is shown in the help.
type command struct {
	name, args, line string
	run              func(t *tool, ctx context.Context, args []string) error
}

var commands = []command{
	{"check", "", "read the configuration and say what is wrong with it", (*tool).check},
	{"init", "[--new | --accept-older]",
		"make the data folder, the station's key and its database; --new: another one for a database " +
			"that is lost; " +
			"--accept-older: a copy was put back", (*tool).init},
	{"doctor", "",
		"say in plain sentences what is wrong with the station and what to do; status 1 when something is",
		(*tool).doctor},
	{"commission", "[-h | FLAGS]", "find lines, boards and doors, asking whoever stands in front of the wall",
		(*tool).commission},
	{"verify", "", "check the database and the chain of all events (stop the core first)", (*tool).verify},
	{"status", "", "say whether the core serves, and how its doors are", (*tool).status},
	{"doors", "", "list the compartments", (*tool).doors},
	{"restore", "DOOR REASON", "return a compartment to use after looking into it", (*tool).restore},
	{"out-of-service", "DOOR REASON", "withdraw a compartment from deposits", (*tool).outOfService},
	{"queue", "", "list what needs somebody now, the most harmful first, each with what to do",
		(*tool).queue},
	{"open", "DOOR --reason TEXT [--second BADGE]",
		"open a door to look inside; one with a parcel takes a second person's badge", (*tool).open},
	{"end-alarm", "DOOR --reason TEXT", "end the alarm of a door that was forced, after looking into it",
		(*tool).endAlarm},
	{"devices", "[all]",
		"say which devices and doors are not well, since when, and what to do; all: the others, too",
		(*tool).devices},
	{"config", "", "show what the core goes by: the file, defaults, and what the centre has told; no secrets",
		(*tool).configuration},
	{"clock",
		"[accept]", "compare the machine's clock with the calendar by which parcels expire; " +
			"accept: a clock " +
			"that is doubted is right", (*tool).clock},
	{"print", "test [PRINTER] | jobs | again JOB", "print a test page, list what is printed, print it again",
		(*tool).print},
	{"parcels", "[STATE | label TEXT]", "list the parcels, or those that a courier's scan of TEXT may mean",
		(*tool).parcels},
	{"story", "parcel ID|LABEL | door DOOR [--lang TAG] [--json]",
		"tell what has happened to a parcel or at a door, with who and why; --lang: in another " +
			"language (zh-Hans)",
		(*tool).story},
	{"hold", "PARCEL [REASON]", "keep a parcel from its bearer: its code opens nothing until it is released",
		(*tool).hold},
	{"release", "PARCEL [REASON]", "let the code of a parcel that is held open again", (*tool).release},
	{"new-code", "PARCEL [REASON]",
		"give a parcel another code, which its customer is sent; the one it has ends",
		(*tool).newCode},
	{"revoke-code", "PARCEL", "end the code of a parcel: nothing opens it until it gets another one",
		(*tool).revokeCode},
	{"counter", "PARCEL --reason TEXT",
		"a parcel was taken out and is at the counter, where its code is good",
		(*tool).counter},
	{"hand-over", "[PARCEL] --code CODE|- [--phone DIGITS] | PARCEL --reason TEXT",
		"hand a parcel at the counter to its customer, by its code (-: from standard input), with the last four " +
			"digits of the phone where it is valuable, or for a reason",
		(*tool).handOver},
	{"write-off", "PARCEL --reason TEXT", "a parcel is gone from its door or from the counter",
		(*tool).writeOff},
	{"still-there", "PARCEL", "somebody has looked: a parcel that was to be checked is behind its door",
		(*tool).stillThere},
	{"recipient", "PARCEL", "show what is known of a recipient; each look is in the log", (*tool).recipient},
	{"erase", "PARCEL", "erase name, phone and e-mail of a parcel's recipient", (*tool).erase},
	{"customer", strings.TrimPrefix(customerForm, "customer "),
		"find the record of somebody by a contact (-: from standard input), write all that is known as " +
			"JSON, erase it",
		(*tool).customer},
	{"policy", strings.TrimPrefix(policyForm, "policy "),
		"read a file of the rules of returns, or say what may come back of an order, with rules and dates",
		(*tool).policy},
	{"catalogue", strings.TrimPrefix(catalogueForm, "catalogue "),
		"replace what the shop offers by a file in JSON or CSV, with its pictures (--check: say what is wrong " +
			"with it, also without a core); list and search it, show a product by id, SKU or article number",
		(*tool).catalogue},
	{"prices", strings.TrimPrefix(pricesForm, "prices "),
		"replace the prices that the station sells by (--check: say what is wrong with them), show which they " +
			"are; say what is wrong with a file of prices and promotions, or what a cart costs by it, why each " +
			"promotion wins or loses, and what would be paid back: check and total need no core",
		(*tool).prices},
	{"order", strings.TrimPrefix(orderForm, "order "),
		"put an order from a file named as it, show one, list them or those that a scan may mean", (*tool).order},
	{"return", strings.TrimPrefix(returnForm, "return "),
		"list and show what comes back; say how an item was found and what the customer gets; amounts are " +
			"minor units",
		(*tool).returnOf},
	{"refund", strings.TrimPrefix(refundForm, "refund "),
		"list refunds, and say what became of one (approved, completed, failed, rejected, pending)",
		(*tool).refund},
	{"sale", strings.TrimPrefix(saleForm, "sale "),
		"list and show what the shop has sold; say at which bay its customer waits", (*tool).sale},
	{"stock", strings.TrimPrefix(stockForm, "stock "),
		"list, show, move and count goods; put them behind a door for sale; say what is kept; list what staff have " +
			"to do. A place is store, shelf, warehouse, damaged, outside or door:NUMBER",
		(*tool).stock},
	{"enrol", "INVITATION", "have the station join a central order system; its console shows the invitation",
		(*tool).enrol},
	{"centre", strings.TrimPrefix(centreForm, "centre "),
		"say how far the centre has seen everything, leave it, or try the line at once", (*tool).centre},
	{"webhooks", strings.TrimPrefix(webhooksForm, "webhooks "),
		"list where events are posted, make and remove one, show its log, post what is dead again",
		(*tool).webhooks},
	{"key", "add [--reads-only] [--per-minute N] NAME SCOPE,... | list | " +
		"rotate [--overlap-hours N] NAME | revoke NAME",
		"manage API keys; a token is printed once; --reads-only: no pickup code waits for it", (*tool).key},
	{"courier", "add NAME [--card NUMBER] [BADGE.png] | list | remove ID",
		"manage couriers; badge and PIN are printed once", (*tool).courier},
	{"staff", "add NAME ROLE [--card NUMBER] [BADGE.png] | list | remove ID",
		"manage accounts of the staff (associate, technician, supervisor, manager); badge and PIN are " +
			"printed once",
		(*tool).staff},
	{"qr", "TEXT|- FILE.png", "draw a code as a QR picture", (*tool).qr},
	{"demo", "", "announce the demo parcels", (*tool).demo},
}

// tool is what the commands share.
type tool struct {
	configPath, core string
	keyFile          string         // of an API key; empty: none is sent
	badge            string         // of whoever does it; empty: the tools
	badgeGiven       bool           // with --badge
	zone             *time.Location // of the times that are shown; nil: not looked up yet
	in               io.Reader
	out              io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	t := &tool{in: os.Stdin, out: os.Stdout}
	err := t.main(ctx, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp): // it was asked for, and is there
	case errors.Is(err, errNoCommand):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "cubbyctl:", err)
		os.Exit(1)
	}
}

func (t *tool) main(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("cubbyctl", flag.ContinueOnError)
	flags.StringVar(&t.configPath, "config", envOr("CUBBY_CONFIG", "cubby.toml"),
		"the station's configuration `file`")
	flags.StringVar(&t.core, "core", "",
		"the core's socket as `unix:PATH`, or the address of an endpoint; otherwise as the configuration says")
	flags.StringVar(&t.keyFile, "key-file", "", "`file` with an API key, where --core is an address")
	flags.StringVar(&t.badge, "badge", "",
		"what the QR code of the `badge` says of whoever does it; otherwise it is the account of the tools. "+
			"CUBBY_BADGE keeps it out of the list of processes")
	flags.SetOutput(t.out)
	flags.Usage = func() { usage(flags) }
	if err := flags.Parse(args); err != nil {
		return err
	}
	if t.badgeGiven = t.badge != ""; !t.badgeGiven {
		t.badge = os.Getenv("CUBBY_BADGE")
	}
	words := flags.Args()
	switch {
	case len(words) == 0:
		usage(flags)
		return errNoCommand
	case words[0] == "help" && len(words) == 1:
		usage(flags)
		return flag.ErrHelp
	case words[0] == "help":
		words = []string{words[1], "--help"}
	}
	words, err := t.named(words)
	if err != nil {
		return err
	}
	for _, c := range commands {
		if c.name == words[0] {
			// which has flags of its own
			if len(words) > 1 && slices.Contains([]string{"-h", "-help", "--help", "help"}, words[1]) &&
				c.name != "commission" {
				fmt.Fprintf(t.out, "usage: cubbyctl %s\n%s\n", strings.TrimSpace(c.name+" "+c.args), c.line)
				return flag.ErrHelp
			}
			return c.run(t, ctx, words[1:])
		}
	}
	return fmt.Errorf("there is no command %q; cubbyctl help lists them", words[0])
}

// errNoCommand says that the usage was shown because nothing was asked for.
var errNoCommand = errors.New("no command")

func usage(flags *flag.FlagSet) {
	w := flags.Output()
	fmt.Fprintln(w, "usage: cubbyctl [--config FILE | --core unix:PATH] [--badge BADGE] COMMAND")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-48s %s\n", strings.TrimSpace(c.name+" "+c.args), c.line)
	}
	fmt.Fprintf(w, "  %-48s %s\n", "help [COMMAND]", "show this, or what a command takes")
	flags.PrintDefaults()
}

func (t *tool) config() (*config.Config, error) { return config.Load(t.configPath) }

// moment writes a time in the station's zone; in the machine's where only the
// socket of a core is named.
func (t *tool) moment(at time.Time) string {
	if t.zone == nil {
		t.zone = time.Local
		if cfg, err := t.config(); err == nil && t.core == "" {
			t.zone = cfg.Station.Zone()
		}
	}
	return at.In(t.zone).Format(config.MinuteIn)
}

// client reaches the core that runs.
func (t *tool) client() (*client.Client, error) {
	at := t.core
	if at == "" {
		cfg, err := t.config()
		if err != nil {
			return nil, err
		}
		at = "unix:" + cfg.Rest.Socket
	}
	token := ""
	if t.keyFile != "" {
		text, err := os.ReadFile(t.keyFile)
		if err != nil {
			return nil, err
		}
		token = strings.TrimSpace(string(text))
	}
	c, err := client.New(at, token)
	if err != nil {
		return nil, err
	}
	return c.As(t.badge), nil
}

// want checks the number of arguments of a command.
func want(args []string, from, to int, form string) error {
	if len(args) < from || len(args) > to {
		return fmt.Errorf("usage: cubbyctl %s", form)
	}
	return nil
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
