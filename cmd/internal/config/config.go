// Package config reads the one TOML file that describes a station: who it is,
// what its wall looks like, which lock behind which door hangs on which line,
// and the few rules an operator may change.
//
// Load reads, checks and returns; it opens no port and makes no folder. It
// reports every problem of the file at once, each with its line, so that one
// look is enough to mend it. A Config is a plain value: once loaded nothing
// changes it, and any goroutine may read it.
//
// The tags on the structs are the schema: toml is the key, default and min and
// max are in the unit the key's name ends with, unit turns that number into a
// time.Duration. packaging/cubby.example.toml documents the same keys; a test
// keeps the two alike.
package config

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Config is one station's file. Paths in it are absolute after Load.
type Config struct {
	Path      string    `toml:"-"` // the file it was read from
	Station   Station   `toml:"station"`
	Rest      Rest      `toml:"rest"`
	Policy    Policy    `toml:"policy"`
	Parcels   Parcels   `toml:"parcels"`
	Customers Customers `toml:"customers"`
	Pickup    Pickup    `toml:"pickup"`
	Returns   Returns   `toml:"returns"`
	Shop      Shop      `toml:"shop"`
	Messages  Messages  `toml:"messages"`
	Webhooks  Webhooks  `toml:"webhooks"`
	Centre    Centre    `toml:"centre"`
	Front     Front     `toml:"wall"`
	Sizes     []Size    `toml:"size"`
	Columns   []Column  `toml:"column"`
	Buses     []Bus     `toml:"bus"`
	Scanner   Scanner   `toml:"scanner"`
	Badge     Badge     `toml:"badge"`
	Devices   Devices   `toml:"devices"`

	Terminals []Terminal `toml:"terminal"` // empty: a kiosk alone; see EveryTerminal

	Printer      Printer      `toml:"printer"`
	LabelPrinter LabelPrinter `toml:"label_printer"`
	Climates     []Climate    `toml:"climate"`
	Cameras      []Camera     `toml:"camera"`

	RefundProviders []RefundProvider `toml:"refund_provider"` // empty: the centre pays

	source       string // the text it was read from
	compartments []Compartment
	screen       screenPlace
	wallWidthMM  int
	wallHeightMM int
}

// Station says who this kiosk is.
type Station struct {
	ID        string   `toml:"id" required:"true"`   // lower-case letters, digits, hyphens; 3 to 40
	Name      string   `toml:"name" required:"true"` // for people; 1 to 60 characters
	DataDir   string   `toml:"data_dir" default:"data"`
	Languages []string `toml:"languages" default:"en,zh-Hans"` // BCP 47 tags; the first is the default
	TimeZone  string   `toml:"time_zone" default:""`           // IANA name; empty: the machine's
	Address   string   `toml:"address" default:""`             // as customers are told, in one line
	// whom people before the station call; at most 40 characters
	Phone string `toml:"phone" default:""`
	// people before the station may have staff called to the screen
	CallStaff bool `toml:"call_staff" default:"true"`
}

// Rest is the local endpoint.
type Rest struct {
	Listen      string `toml:"listen" default:"127.0.0.1:8470"`
	AllowRemote bool   `toml:"allow_remote" default:"false"` // Listen may be other than loopback
	Socket      string `toml:"socket" default:"run/core.sock"`

	// of one API key, on average; 0: no limit
	PerMinute int `toml:"requests_per_minute" default:"60000" min:"0" max:"10000000"`

	Hosts          []string `toml:"hosts"`           // names it may be asked by over loopback
	AllowedOrigins []string `toml:"allowed_origins"` // whose pages may read the feed in a browser
}

// Policy holds the rules an operator may change.
type Policy struct {
	// a parcel waits this long
	PickupTime time.Duration `toml:"pickup_hours" unit:"1h" default:"72" min:"1" max:"2160"`
	// a door that does not serve pauses the clock of its parcel after this long; 0: never
	PauseAfter time.Duration `toml:"pause_after_min" unit:"1m" default:"15" min:"0" max:"1440"`
	// what is left at least when a clock goes on
	ResumeGrace time.Duration `toml:"resume_grace_hours" unit:"1h" default:"12" min:"0" max:"72"`
	HoldPauses  bool          `toml:"hold_pauses" default:"true"` // of what is on hold
	// recipients are kept so long after the end
	RecipientDays int `toml:"recipient_days" default:"0" min:"0" max:"365"`
	// then every further try waits
	PINTriesBeforeWait int `toml:"pin_tries_before_wait" default:"5" min:"3" max:"20"`
	// a page nobody touches
	PageTimeout time.Duration `toml:"page_timeout_s" unit:"1s" default:"60" min:"30" max:"600"`
	// a door left open ends the visit
	DoorTimeout time.Duration `toml:"door_timeout_s" unit:"1s" default:"120" min:"60" max:"900"`
	// the page after a finished visit
	Thanks time.Duration `toml:"thanks_s" unit:"1s" default:"12" min:"3" max:"60"`
	// a courier who does nothing
	CourierTimeout time.Duration `toml:"courier_timeout_s" unit:"1s" default:"120" min:"30" max:"1800"`
	// somebody of the staff who does nothing, at a kiosk and at a desk
	StaffTimeout time.Duration `toml:"staff_timeout_s" unit:"1s" default:"60" min:"30" max:"600"`
	DeskTimeout  time.Duration `toml:"desk_timeout_s" unit:"1s" default:"300" min:"30" max:"1800"`
	// how often "more time" is granted
	MaxExtensions int `toml:"max_extensions" default:"10" min:"10" max:"100"`
	// couriers may see the code of what they stored
	CourierReceipt bool `toml:"courier_receipt" default:"false"`
}

// Centre bounds what waits for the centre of a station that has joined one.
type Centre struct {
	MostWaiting int `toml:"most_waiting" default:"1000000" min:"1000" max:"10000000"`
	DiskMiB     int `toml:"disk_mib" default:"256" min:"16" max:"1048576"`
	// the station sends its [messages] also when it has joined a centre
	MessagesToo bool `toml:"messages_too" default:"false"`
	// how many doors it may have opened within ten minutes; cannot be more
	RemoteOpenings int `toml:"remote_openings" default:"3" min:"0" max:"3"`
}

// Webhooks says where events may be posted to.
type Webhooks struct {
	// to this machine and private networks too, and without TLS
	Private bool `toml:"private" default:"false"`
}

// Returns says by what rules goods come back, and how long orders are kept.
type Returns struct {
	// Taken: customers bring things back at the kiosk
	Taken bool     `toml:"taken" default:"false"`
	Shops []string `toml:"shops"` // whose orders are taken; empty: of all
	// as leases name this station; empty: its id
	Site string `toml:"site" default:""`
	// no other place takes back what its shops have sold: no leases
	SoleSite bool `toml:"sole_site" default:"false"`
	// what was asked for and not brought lapses
	Lapse time.Duration `toml:"lapse_days" unit:"24h" default:"14" min:"1" max:"120"`
	// the centre counts as reachable so long after it has read the feed
	CentreStays time.Duration `toml:"centre_stays_s" unit:"1s" default:"90" min:"5" max:"3600"`
	// points for packaging that comes back; 0: none is taken
	BoxPoints  int `toml:"box_points" default:"0" min:"0" max:"100000"`
	BagPoints  int `toml:"bag_points" default:"0" min:"0" max:"100000"`
	TotePoints int `toml:"tote_points" default:"0" min:"0" max:"100000"`

	// holds a file for each shop; empty: the usual rules for all
	RulesDir string `toml:"rules_dir" default:""`
	// orders are kept so long after their last delivery
	OrderDays int `toml:"order_days" default:"1100" min:"30" max:"4000"`
}

// Front says where the touchscreen sits and how high the wall hangs.
type Front struct {
	ScreenColumn   *int `toml:"screen_column" min:"0" max:"99"` // 0 is leftmost; nil: not on the wall
	ScreenTopMM    int  `toml:"screen_top_mm" default:"0" min:"0" max:"3000"`
	ScreenHeightMM int  `toml:"screen_height_mm" default:"600" min:"100" max:"2500"`
	BaseMM         *int `toml:"base_mm" min:"0" max:"1500"` // lower edge above ground; nil: not known
}

// Size is one class of compartment, measured inside.
type Size struct {
	Name         string `toml:"name" required:"true"`
	WidthMM      int    `toml:"width_mm" required:"true" min:"50" max:"2000"`
	HeightMM     int    `toml:"height_mm" required:"true" min:"40" max:"2500"`
	DepthMM      int    `toml:"depth_mm" required:"true" min:"50" max:"2000"`
	DoorHeightMM int    `toml:"door_height_mm" default:"0" min:"0" max:"2600"` // 0 in the file: HeightMM + 20
}

// Column is one stack of doors, top to bottom; columns stand left to right.
type Column struct {
	WidthMM int    `toml:"width_mm" default:"0" min:"0" max:"2000"` // 0 in the file: its widest door
	Doors   []Door `toml:"doors"`
}

// Door binds a painted number to a size and a lock.
type Door struct {
	Number     string `toml:"number" required:"true"`
	Size       string `toml:"size" required:"true"`
	Bus        string `toml:"bus" required:"true"`
	Board      int    `toml:"board" default:"0" min:"0" max:"247"`
	Lock       int    `toml:"lock" required:"true" min:"1" max:"64"`
	Accessible bool   `toml:"accessible" default:"false"`
	Low        *bool  `toml:"low"` // nil: worked out from base_mm
}

// Bus is one line with lock boards.
type Bus struct {
	Name    string `toml:"name" required:"true"`
	Port    string `toml:"port" required:"true"`
	Dialect string `toml:"dialect" default:"kerong-cu16"`
	// 0 in the file: as the boards are delivered
	Baud int `toml:"baud" default:"0" oneof:"0,9600,19200,57600,115200"`
	// whether the adapter hears its own bytes
	Echo       string        `toml:"echo" default:"auto" oneof:"auto,yes,no"`
	IdlePoll   time.Duration `toml:"idle_poll_ms" unit:"1ms" default:"1000" min:"20" max:"60000"`
	ActivePoll time.Duration `toml:"active_poll_ms" unit:"1ms" default:"100" min:"10" max:"10000"`
	// 0 in the file: 150 ms, over a network 500 ms
	ReplyTimeout time.Duration `toml:"reply_timeout_ms" unit:"1ms" default:"0" min:"0" max:"5000"`
	OpenWait     time.Duration `toml:"open_wait_ms" unit:"1ms" default:"2000" min:"200" max:"30000"`
	PulseGap     time.Duration `toml:"pulse_gap_ms" unit:"1ms" default:"0" min:"0" max:"30000"`
	// 0: what the board is set to
	Pulse  time.Duration `toml:"pulse_ms" unit:"1ms" default:"0" min:"0" max:"24000"`
	Boards []Board       `toml:"board"`
}

// Board is one lock board on a bus.
type Board struct {
	Address        int  `toml:"address" required:"true" min:"0" max:"247"`
	Channels       int  `toml:"channels" default:"0" min:"0" max:"64"` // 0: as the dialect's usual board has
	InvertHook     bool `toml:"invert_hook" default:"false"`
	Presence       bool `toml:"presence" default:"false"`
	InvertPresence bool `toml:"invert_presence" default:"false"`
	// xor-8a80: which locks the first byte speaks of
	BitmapOrder string `toml:"bitmap_order" default:"high-first" oneof:"high-first,low-first"`
	// kerong-cu48: where a request names the lock
	LockByte int `toml:"lock_byte" default:"2" oneof:"2,1"`
	// wkly: the number of the first lock on the wire
	FirstLock int `toml:"first_lock" default:"1" oneof:"1,0"`
	// xor-8a80, wkly: one question for all locks, or one for each
	Query string `toml:"query" default:"all" oneof:"all,each"`
}

// Scanner is a code reader; an empty Port means there is none.
type Scanner struct {
	Port    string        `toml:"port" default:""`
	Baud    int           `toml:"baud" default:"9600" oneof:"9600,19200,38400,57600,115200"`
	Suffix  string        `toml:"suffix" default:"any" oneof:"any,cr,lf,crlf,tab,none"`
	IdleGap time.Duration `toml:"idle_gap_ms" unit:"1ms" default:"100" min:"20" max:"2000"`

	Frame   string        `toml:"frame" default:"text" oneof:"text,ssi"`
	Trigger string        `toml:"trigger" default:"none"` // a preset or "hex:..."
	Rearm   time.Duration `toml:"rearm_ms" unit:"1ms" default:"3000" min:"500" max:"60000"`
	// what the reader sends for FNC1; empty: 1D
	Separator string `toml:"separator" default:"" bytes:"any"`
	// of a reader that pretends to be a keyboard
	Layout   string `toml:"layout" default:"us" oneof:"us,de,es,fr,gb,it,pl"`
	CapsLock bool   `toml:"caps_lock" default:"false"` // it sends as if that were on
	// what the reader sends when it reads nothing
	Nothing  string        `toml:"nothing" default:"NO READ, NOREAD, NO LABEL, ERROR"`
	SameCode time.Duration `toml:"same_code_ms" unit:"1ms" default:"1500" min:"0" max:"10000"`
}

// Badge is a reader of couriers' cards; an empty Port means there is none.
type Badge struct {
	Port     string `toml:"port" default:""`
	Baud     int    `toml:"baud" default:"9600" oneof:"9600,19200,38400,57600,115200"`
	Format   string `toml:"format" default:"rdm6300" oneof:"rdm6300,combined,hex,digits"`
	Spelling string `toml:"spelling" default:"10d" oneof:"10d,8d,w26"` // of the format digits
	Reversed bool   `toml:"reversed" default:"false"`                  // the reader turns the bytes round
	Layout   string `toml:"layout" default:"us" oneof:"us,de,es,fr,gb,it,pl"`
	CapsLock bool   `toml:"caps_lock" default:"false"`
}

// Devices says where serial adapters are looked for.
type Devices struct {
	Folder string `toml:"folder" default:""` // of a simulated site; empty: this machine's
}

// A Problem is one thing wrong with the file.
type Problem struct {
	File string
	Line int    // 1 is the first
	Key  string // dotted, empty when the file is not TOML at all
	Text string // what is wrong: what is allowed
}

func (p Problem) Error() string {
	if p.Key == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Key, p.Text)
}

// Problems is all that is wrong with one file, in the order of its lines.
type Problems []Problem

// Error says what comes again only once: a misspelt name is missed by every door
// that has it, and they would bury the line that is to be mended.
func (ps Problems) Error() string {
	type what struct{ key, text string }
	times := map[what]int{}
	for _, p := range ps {
		times[what{p.Key, p.Text}]++
	}
	var out []string
	for _, p := range ps {
		n := times[what{p.Key, p.Text}]
		if n == 0 {
			continue
		}
		times[what{p.Key, p.Text}] = 0
		line := p.Error()
		if n > 1 {
			line += fmt.Sprintf(" (%d times)", n)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// maxBytes bounds the file; 512 doors take about 60 kB.
const maxBytes = 1 << 20

// Load reads and checks the file. When the file can be read but not used, the
// error is a Problems.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w (name it with --config or CUBBY_CONFIG)", err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if len(source) > maxBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes: that is no station's configuration",
			path, maxBytes)
	}
	return Parse(path, string(source))
}

// Parse checks a text as the content of the file at path.
func Parse(path, source string) (*Config, error) {
	var tree map[string]any
	if _, err := toml.Decode(source, &tree); err != nil {
		return nil, syntaxProblem(path, err)
	}
	c := &Config{Path: path, source: source}
	r := &reader{file: path, lines: indexLines(source), refused: map[string]bool{}}
	r.readTable("", tree, c)
	c.check(r)
	if err := r.found(); err != nil {
		return nil, err
	}
	return c, c.resolvePaths()
}

func syntaxProblem(path string, err error) Problems {
	p := Problem{File: path, Line: 1, Text: err.Error()}
	if pe, ok := err.(toml.ParseError); ok {
		p.Line, p.Key, p.Text = max(1, pe.Position.Line), pe.LastKey, pe.Message
		if p.Text == "" {
			// The parser keeps the cause of some errors to itself and only prints it.
			p.Text = strings.TrimPrefix(pe.Error(), "toml: ")
		}
	}
	return Problems{p}
}

// namedDevice are the ports that are no paths: a bridge in the network, a
// device known by what it is or where it is plugged in.
var namedDevice = regexp.MustCompile(`^(tcp://|usb:|usb-path:|evdev:|picture:)`)
