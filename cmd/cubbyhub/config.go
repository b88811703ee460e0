package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"cubby/assets"
	"cubby/cmd/internal/config"
	"cubby/locker/plain"
	"cubby/sync/api/configuration"
	"cubby/sync/hub"
)

// settings are the hub's file. Paths in it are absolute after load. The tags are the
// schema, as those of package config are; packaging/cubbyhub.example.toml has the same keys.
type settings struct {
	Hub      hubSettings     `toml:"hub"`
	TLS      tlsSettings     `toml:"tls"`
	Messages config.Messages `toml:"messages"`

	Vendure []vendureSettings `toml:"vendure"`

	source string `toml:"-"` // the text it was read from
}

// shown are the keys that are told to whoever may read the configuration. Whatever is a
// secret, names a file, or may hold a password (an address) is told only to be set.
var shown = config.ShowKeys(`
hub: name listen plain public_url refunds private_webhooks requests_per_minute
vendure: shop channel language poll_s stock_s take_back_hours pending_refunds
vendure.places: station method location
`, `
hub: data_dir database
tls: certificate key
vendure: url user password_file key_file
`).And(config.ShownMessages)

// told is the configuration without its secrets.
func (c *settings) told(context.Context) (configuration.Told, error) {
	s := config.Show(c, c.source, shown)
	return configuration.Told{Values: s.Values, FromFile: s.FromFile}, nil
}

type hubSettings struct {
	Name      string `toml:"name"       required:"true"` // of the centre, for people
	DataDir   string `toml:"data_dir"                   default:"data"`
	Database  string `toml:"database"                   default:""` // postgres://...; empty: a file in DataDir
	Listen    string `toml:"listen"                     default:"127.0.0.1:8480"`
	Plain     string `toml:"plain"                      default:""` // a second address without TLS, loopback only
	PublicURL string `toml:"public_url"                 default:""`
	Refunds   string `toml:"refunds"                    default:"by hand" oneof:"by hand,automatic"`
	Private   bool   `toml:"private_webhooks"`
	PerMinute int    `toml:"requests_per_minute"        default:"60000" min:"0" max:"10000000"` // 0: no limit
}

type tlsSettings struct {
	Certificate string `toml:"certificate" default:""` // both empty: the hub's own
	Key         string `toml:"key"         default:""`
}

// maxName bounds the centre's name, in characters.
const maxName = 60

// load reads and checks the file at path.
func load(path string) (*settings, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w (name it with --config or CUBBYHUB_CONFIG)", err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, 2<<20))
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return parse(path, string(source))
}

func parse(path, source string) (*settings, error) {
	c := &settings{source: source}
	if err := config.Decode(path, source, c, c.check); err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", path, err)
	}
	for _, p := range []*string{&c.Hub.DataDir, &c.TLS.Certificate, &c.TLS.Key} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(folder, *p)
		}
	}
	c.Messages.Resolve(folder)
	c.resolveShops(folder)
	if c.Hub.PublicURL == "" {
		c.Hub.PublicURL = "https://" + c.Hub.Listen
	}
	return c, nil
}

// check looks at what one key alone cannot tell.
func (c *settings) check(s config.Sheet) {
	if h := c.Hub; h.Name != "" && !plain.Text(h.Name, 1, maxName) {
		s.Refuse("hub.name", "is %q: 1 to %d characters, all of them printable", h.Name, maxName)
	}
	if c.Hub.DataDir == "" {
		s.Refuse("hub.data_dir", "is empty: the path of a folder")
	}
	if at := c.Hub.Database; at != "" && !strings.HasPrefix(at, "postgres://") &&
		!strings.HasPrefix(at, "postgresql://") {
		s.Refuse(
			"hub.database",
			"must be an address such as \"postgres://user@host/hub\", or \"\" for a file in data_dir",
		)
	}
	if !address(c.Hub.Listen) {
		s.Refuse("hub.listen", "is %q: an address and port such as \"127.0.0.1:8480\"", c.Hub.Listen)
	}
	if at := c.Hub.Plain; at != "" && (!address(at) || !loopback(at)) {
		s.Refuse(
			"hub.plain",
			"is %q: what is not encrypted stays on this machine: a loopback address and port such "+
				"as \"127.0.0.1:8481\"",
			at,
		)
	}
	if at := c.Hub.PublicURL; at != "" {
		u, err := url.Parse(at)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" ||
			u.Fragment != "" || strings.Trim(u.Path, "/") != "" || u.User != nil:
			s.Refuse(
				"hub.public_url",
				"is %q: an address such as \"https://hub.example\", without a path",
				at,
			)
		case u.Scheme == "http" && !loopback(net.JoinHostPort(u.Hostname(), "80")):
			s.Refuse("hub.public_url", "is %q: without TLS only a loopback address can be reached", at)
		}
	}
	c.Messages.Check(func(key, format string, args ...any) { s.Refuse("messages."+key, format, args...) })
	c.checkShops(s)
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		s.Refuse(
			"tls.certificate",
			"certificate and key belong together: give both, or neither for the hub's own",
		)
	}
}

func address(at string) bool {
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		return false
	}
	n, err := net.LookupPort("tcp", port)
	return err == nil && n >= 0
}

func loopback(at string) bool {
	host, _, err := net.SplitHostPort(at)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// database is where the hub's tables are, as db.Open takes it.
func (c *settings) database() string {
	if c.Hub.Database != "" {
		return c.Hub.Database
	}
	return filepath.Join(c.Hub.DataDir, "hub.db")
}

// messaging is how customers are written to; nil: the hub writes to nobody.
func (c *settings) messaging() *hub.Messaging {
	if !c.Messages.Send {
		return nil
	}
	return &hub.Messaging{Config: c.Messages.Notify(assets.Languages()), Help: c.Messages.Help}
}
