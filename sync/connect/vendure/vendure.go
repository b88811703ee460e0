// Package vendure connects a hub with a shop that runs on Vendure (3.6): paid orders for
// pickup go to the hub and its stations, and what becomes of them goes back to the shop.
//
// Every step is idempotent: it reads what the shop and the hub have, and does what is
// lacking there. Facts of stations and changes at the shop only say which order is to be
// looked at again. So nothing is lost when either was out of reach for days, and nothing is
// done twice after a crash.
package vendure

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"cubby/sync/hub"
)

// A Place says which orders are picked up at a station.
type Place struct {
	Station  string // id at the hub
	Method   string // code of the shipping method that means pickup there
	Location string // name of the stock location whose goods are there; empty: stock is not told
}

// A Config is what a connector is made of.
type Config struct {
	Shop         string // as orders, rules of returns and messages call it
	URL          string // of the admin API
	User         string
	PasswordFile string // one line, readable by its owner only; read at each sign-in
	KeyFile      string // with an API key of the shop, in place of user and password
	Channel      string // its token; empty: the default channel
	Language     string // of customers, BCP 47; empty: the channel's
	Places       []Place

	Poll       time.Duration // how often the shop is asked for orders
	StockEvery time.Duration // how often for stock; 0: never
	// TakeBack is how long after its deadline a parcel that staff have taken out of its
	// door waits at the counter; then the order is cancelled and paid back.
	TakeBack time.Duration
	// SettlePending marks refunds as settled that the shop has no provider for, and leaves
	// to a person. Without it they wait until somebody has settled them at the shop.
	SettlePending bool

	Hub    *hub.Hub
	Log    *slog.Logger     // nil: slog.Default
	Now    func() time.Time // nil: time.Now
	Client *http.Client     // nil: one of its own
}

// Check says what is wrong, each by the key of the configuration.
func (c *Config) Check(refuse func(key, format string, args ...any)) {
	if c.Shop == "" || len(c.Shop) > 64 || strings.ContainsFunc(c.Shop,
		func(r rune) bool { return r <= ' ' || r > '~' }) {
		refuse("shop", "is %q: 1 to 64 visible letters, the name that the rules of returns have for it",
			c.Shop)
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" ||
		u.Scheme != "https" && u.Scheme != "http":
		refuse("url", "is %q: the address of the admin API, such as \"https://shop.example/admin-api\"",
			c.URL)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		refuse("url", "is %q: without TLS only a loopback address can be asked", c.URL)
	}
	switch {
	case c.KeyFile != "" && c.User+c.PasswordFile != "":
		refuse("key_file", "stands in place of user and password_file: give one of both")
	case c.KeyFile == "" && (c.User == "" || c.PasswordFile == ""):
		refuse("user", "give user and password_file of an administrator of the shop, or key_file")
	}
	if len(c.Places) == 0 {
		refuse("places", "are missing: a table [[vendure.places]] for each station, with station and method")
	}
	methods := map[string]bool{}
	locations := map[string]string{}
	for _, p := range c.Places {
		switch at, twice := locations[p.Station]; {
		case p.Station == "" || p.Method == "":
			refuse("places", "each needs station (its id at the hub) and method (the code of a shipping "+
				"method)")
		case methods[p.Method]:
			refuse("places", "the method %q means two stations: each has its own", p.Method)
		case twice && at != p.Location:
			refuse("places", "station %q has two stock locations: one is the truth", p.Station)
		}
		methods[p.Method], locations[p.Station] = true, p.Location
	}
}

// CheckFiles says whether what is secret can be read.
func (c *Config) CheckFiles() error {
	_, err := c.secret()
	return err
}

func (c *Config) secret() (string, error) {
	if c.KeyFile != "" {
		return readSecret(c.KeyFile)
	}
	return readSecret(c.PasswordFile)
}

// readSecret reads a file that others cannot read.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the shop's password cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s is readable by others (mode %o): chmod 600 it", path, info.Mode().Perm())
	}
	const longest = 512
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the shop's password cannot be read: %w", err)
	}
	word := strings.TrimRight(string(text), "\r\n")
	if word == "" || len(word) > longest || strings.ContainsAny(word, "\r\n") {
		return "", fmt.Errorf("%s is not one line of 1 to %d bytes", path, longest)
	}
	return word, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// place is where an order is picked up, by its shipping methods; nil: not at a station.
func (c *Config) place(o *order) *Place {
	for _, l := range o.ShippingLines {
		i := slices.IndexFunc(c.Places, func(p Place) bool { return p.Method == l.ShippingMethod.Code })
		if i >= 0 {
			return &c.Places[i]
		}
	}
	return nil
}

// errUnreachable marks what says nothing of an order: the shop did not answer.
var errUnreachable = errors.New("the shop does not answer")
