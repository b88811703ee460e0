package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cubby/assets"
	"cubby/hardware"
	"cubby/locker/plain"
)

var (
	stationID   = regexp.MustCompile(`^[a-z0-9-]{3,40}$`)
	languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)
	doorNumber  = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,7}$`)
	hostName    = regexp.MustCompile(
		`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	deviceName = regexp.MustCompile(`^[a-z0-9-]{1,20}$`)
)

// leastReplyTimeout is what the shortest reply on the fastest line may take.
const leastReplyTimeout = 20 * time.Millisecond

// check looks at what one key alone cannot tell, and lays out the wall.
func (c *Config) check(r *reader) {
	c.checkStation(r)
	c.checkParcels(r)
	c.checkCustomers(r)
	c.checkPickup(r)
	c.checkRest(r)
	c.checkSizes(r)
	c.checkBuses(r)
	c.checkDoors(r)
	c.checkProviders(r)
	c.checkShopPayment(r)
	c.checkMessages(r)
	c.checkCameras(r)
	c.layOut(r)
}

// CheckStation says what is wrong with the id and the name of a station that is
// to be made.
func CheckStation(id, name string) error {
	switch {
	case !stationID.MatchString(id):
		return errors.New("the id " + wrongID(id))
	case name == "" || !goodName(name):
		return errors.New("the name " + wrongName(name))
	}
	return nil
}

func wrongID(id string) string {
	return fmt.Sprintf("is %q: 3 to 40 lower-case letters, digits and hyphens", id)
}

func goodName(name string) bool { return utf8.RuneCountInString(name) <= 60 && printable(name) }

func wrongName(name string) string {
	return fmt.Sprintf("has %d characters: 1 to 60, all of them printable", utf8.RuneCountInString(name))
}

func (c *Config) checkStation(r *reader) {
	if s := c.Station.ID; s != "" && !stationID.MatchString(s) {
		r.refuse("station.id", "%s", wrongID(s))
	}
	if !goodName(c.Station.Name) {
		r.refuse("station.name", "%s", wrongName(c.Station.Name))
	}
	if n := utf8.RuneCountInString(c.Station.Phone); n > 0 && (n > 40 || !printable(c.Station.Phone)) {
		r.refuse("station.phone", "has %d characters: at most 40, all of them printable", n)
	}
	if zone := c.Station.TimeZone; !KnownZone(zone) {
		r.refuse("station.time_zone",
			"%q is not a time zone: an IANA name such as \"Europe/Berlin\" or \"Asia/Shanghai\"", zone)
	}
	if len(c.Station.Languages) == 0 {
		r.refuse("station.languages", "is empty: at least one language, for example [\"en\"]")
	}
	seen := map[string]bool{}
	for i, tag := range c.Station.Languages {
		path := element("station.languages", i)
		if !languageTag.MatchString(tag) {
			r.refuse(path, "%q is not a language: a tag such as \"en\", \"zh-Hans\" or \"pt-BR\"", tag)
		}
		if known := assets.Languages(); languageTag.MatchString(tag) && !slices.Contains(known, tag) {
			r.refuse(path, "%q is not spoken by this program: one of %s", tag, strings.Join(known, ", "))
		}
		if seen[tag] {
			r.refuse(path, "has %q twice: each language once", tag)
		}
		seen[tag] = true
	}
	if c.Station.DataDir == "" || !printable(c.Station.DataDir) {
		r.refuse("station.data_dir", "is %q: the path of a folder", c.Station.DataDir)
	}
}

func (c *Config) checkRest(r *reader) {
	host, port, err := net.SplitHostPort(c.Rest.Listen)
	n, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil || n < 0 || n > 65535 {
		r.refuse("rest.listen", "is %q: an address and port such as \"127.0.0.1:8470\"", c.Rest.Listen)
		return
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if !loopback && !c.Rest.AllowRemote {
		r.refuse("rest.listen", "is %q, which others can reach: a loopback address, or set allow_remote = true",
			c.Rest.Listen)
	}
	if c.Rest.Socket == "" {
		r.refuse("rest.socket", "is empty: the path of a Unix socket")
	}
	for i, name := range c.Rest.Hosts {
		if !hostName.MatchString(name) && net.ParseIP(name) == nil {
			r.refuse(element("rest.hosts", i), "is %q: a name as in an address, in lower case and without a port",
				name)
		}
	}
	for i, origin := range c.Rest.AllowedOrigins {
		if u, err := url.Parse(origin); err != nil || u.Scheme != "http" && u.Scheme != "https" ||
			u.Scheme+"://"+u.Host != origin ||
			u.Hostname() == "" || strings.ToLower(origin) != origin || strings.Contains(u.Host, "*") {
			r.refuse(element("rest.allowed_origins", i),
				"is %q: one origin such as \"https://shop.example\", in lower case and without a path", origin)
		}
	}
}

func (c *Config) checkSizes(r *reader) {
	if len(c.Sizes) == 0 {
		r.refuse("size", "there is none: at least one [[size]]")
	}
	seen := map[string]bool{}
	for i := range c.Sizes {
		s := &c.Sizes[i]
		path := element("size", i)
		if n := utf8.RuneCountInString(s.Name); n > 8 || !printable(s.Name) {
			r.refuse(path+".name", "is %q: 1 to 8 printable characters", s.Name)
		}
		if seen[s.Name] {
			r.refuse(path+".name", "%q is named twice: each size once", s.Name)
		}
		seen[s.Name] = true
		switch {
		case s.DoorHeightMM == 0:
			s.DoorHeightMM = s.HeightMM + doorOverlapMM
		case s.DoorHeightMM < s.HeightMM:
			r.refuse(path+".door_height_mm", "is %d, lower than the compartment (%d): at least height_mm",
				s.DoorHeightMM, s.HeightMM)
		}
	}
}

func (c *Config) checkBuses(r *reader) {
	if len(c.Buses) == 0 {
		r.refuse("bus", "there is none: at least one [[bus]]")
	}
	names, ports := map[string]bool{}, map[string]string{}
	c.checkReaders(r, ports)
	c.checkPrinters(r, ports)
	for i := range c.Buses {
		b, path := &c.Buses[i], element("bus", i)
		if b.Name != "" && !deviceName.MatchString(b.Name) {
			r.refuse(path+".name", "is %q: 1 to 20 lower-case letters, digits and hyphens", b.Name)
		}
		if names[b.Name] {
			r.refuse(path+".name", "%q is named twice: each bus once", b.Name)
		}
		names[b.Name] = true
		if other, taken := ports[filepath.Clean(b.Port)]; taken && b.Port != "" {
			r.refuse(path+".port", "%q belongs to %s as well: one port for each device", b.Port, other)
		}
		ports[filepath.Clean(b.Port)] = "bus " + b.Name
		if known := hardware.Dialects(); !slices.Contains(known, b.Dialect) {
			r.refuse(path+".dialect", "%q is not known: one of %s", b.Dialect, strings.Join(known, ", "))
		}
		if b.Baud == 0 {
			b.Baud = hardware.FactoryBaud(b.Dialect)
		}
		switch {
		case b.ReplyTimeout == 0:
			b.ReplyTimeout = hardware.UsualReplyTimeout(b.Port)
		case b.ReplyTimeout < leastReplyTimeout:
			r.refuse(path+".reply_timeout_ms", "is %d: 0 for the usual time, or from 20 to 5000",
				b.ReplyTimeout.Milliseconds())
		}
		// The supply drives one lock at a time; the gap lets it recover.
		if least := b.Pulse + 100*time.Millisecond; b.PulseGap > 0 && b.Pulse > 0 && b.PulseGap < least {
			r.refuse(path+".pulse_gap_ms", "is %d: at least pulse_ms + 100 = %d", b.PulseGap.Milliseconds(),
				least.Milliseconds())
		}
		if b.Pulse%(10*time.Millisecond) != 0 {
			r.refuse(path+".pulse_ms", "is %d: a multiple of 10", b.Pulse.Milliseconds())
		}
		if len(b.Boards) == 0 {
			r.refuse(path, "has no lock board: at least one [[bus.board]]")
		}
		addresses := map[int]bool{}
		for j, board := range b.Boards {
			if addresses[board.Address] {
				r.refuse(element(path+".board", j)+".address", "%d is used twice on bus %q: each address once",
					board.Address, b.Name)
			}
			addresses[board.Address] = true
			c.checkBoard(r, b, j, path)
		}
	}
}

// checkBoard asks the board's dialect what it makes of its options.
func (c *Config) checkBoard(r *reader, b *Bus, j int, path string) {
	if !slices.Contains(hardware.Dialects(), b.Dialect) {
		return
	}
	board := b.Boards[j].hardware(nil)
	if err := hardware.CheckBoard(b.Dialect, board, 0); err != nil {
		r.refuse(element(path+".board", j)+".address", "%v", err)
	} else if err := hardware.CheckBoard(b.Dialect, board, b.Pulse); err != nil {
		r.refuse(path+".pulse_ms", "%v", err)
	}
}

func (c *Config) checkDoors(r *reader) {
	type lock struct {
		bus         string
		board, lock int
	}
	numbers, locks := map[string]bool{}, map[lock]string{}
	total := 0
	for i, column := range c.Columns {
		for j, d := range column.Doors {
			total++
			path := element(element("column", i)+".doors", j)
			if d.Number != "" && !doorNumber.MatchString(d.Number) {
				r.refuse(path+".number", "is %q: 1 to 8 letters and digits, with hyphens between them", d.Number)
			}
			if numbers[d.Number] {
				r.refuse(path+".number", "%q is painted on two doors: each number once", d.Number)
			}
			numbers[d.Number] = true
			if c.size(d.Size) == nil && d.Size != "" {
				r.refuse(path+".size", "there is no [[size]] %q: %s", d.Size,
					oneOf(c.Sizes, func(s Size) any { return s.Name }))
			}
			c.checkLock(r, path, d)
			l := lock{d.Bus, d.Board, d.Lock}
			if other, taken := locks[l]; taken && d.Lock != 0 {
				r.refuse(path+".lock", "lock %d of board %d on bus %q already opens door %q: each lock once", d.Lock,
					d.Board, d.Bus, other)
			}
			locks[l] = d.Number
		}
	}
	if total == 0 {
		r.refuse("column", "there is no door: at least one [[column]] with doors")
	}
}

func (c *Config) checkLock(r *reader, path string, d Door) {
	for _, b := range c.Buses {
		if b.Name != d.Bus {
			continue
		}
		for _, board := range b.Boards {
			if board.Address != d.Board {
				continue
			}
			if hardware.CheckBoard(b.Dialect, board.hardware(nil), 0) != nil {
				return // told at the board
			}
			if err := hardware.CheckBoard(b.Dialect, board.hardware(map[int]string{d.Lock: d.Number}), 0); err != nil {
				r.refuse(path+".lock", "%v", err)
			}
			return
		}
		r.refuse(path+".board", "bus %q has no [[bus.board]] %d: %s", d.Bus, d.Board,
			oneOf(b.Boards, func(b Board) any { return b.Address }))
		return
	}
	if d.Bus != "" {
		r.refuse(path+".bus", "there is no [[bus]] %q: %s", d.Bus,
			oneOf(c.Buses, func(b Bus) any { return b.Name }))
	}
}

// oneOf says what is allowed: the names that the tables have.
func oneOf[table any](tables []table, name func(table) any) string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = fmt.Sprint(name(t))
	}
	return "one of " + strings.Join(names, ", ")
}

func printable(s string) bool { return plain.Text(s, 1, maxBytes) }
