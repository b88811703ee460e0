package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// shortest is the shortest station; the tables below change single lines of it.
const shortest = `[station]
id = "corner"
name = "Corner"
[[size]]
name = "M"
width_mm = 400
height_mm = 190
depth_mm = 500
[[column]]
doors = [
  { number = "1", size = "M", bus = "main", board = 0, lock = 1 },
  { number = "2", size = "M", bus = "main", board = 0, lock = 2 },
]
[[bus]]
name = "main"
port = "bus"
[[bus.board]]
address = 0
`

func TestAFileThatSaysLittleGetsTheDefaults(t *testing.T) {
	c, err := Parse("/site/cubby.toml", shortest)
	if err != nil {
		t.Fatal(err)
	}
	if c.Policy.PickupTime != 72*time.Hour || c.Policy.MaxExtensions != 10 || c.Policy.CourierReceipt {
		t.Errorf("policy: %+v", c.Policy)
	}
	if c.Rest.Listen != "127.0.0.1:8470" || c.Rest.Socket != "/site/run/core.sock" ||
		c.Station.DataDir != "/site/data" {
		t.Errorf("rest %+v, data %q", c.Rest, c.Station.DataDir)
	}
	if b := c.Buses[0]; b.Baud != 19200 || b.IdlePoll != time.Second || b.Port != "/site/bus" ||
		b.Dialect != "kerong-cu16" {
		t.Errorf("bus: %+v", b)
	}
	if c.Scanner.Port != "" || c.Scanner.Suffix != "any" || c.Scanner.IdleGap != 100*time.Millisecond {
		t.Errorf("scanner: %+v", c.Scanner)
	}
	if got := strings.Join(c.Station.Languages, " "); got != "en zh-Hans" {
		t.Errorf("languages: %s", got)
	}
	if k := c.Compartments()[1]; k.TopMM != 210 || k.DoorWidthMM != 420 || k.Low {
		t.Errorf("second door: %+v", k)
	}
}

func TestADeviceKnownByItsAddressOrIdentityIsNoPath(t *testing.T) {
	for port, want := range map[string]string{
		"tcp://192.168.0.7:23": "tcp://192.168.0.7:23",
		"usb:1a86:7523":        "usb:1a86:7523",
		"usb-path:3-1.2":       "usb-path:3-1.2",
		"tty/tcp://":           "/site/tty/tcp:",
		"/dev/ttyS0":           "/dev/ttyS0",
	} {
		c, err := Parse("/site/cubby.toml", strings.Replace(shortest, `port = "bus"`, `port = "`+port+`"`, 1))
		if err != nil {
			t.Fatal(err)
		}
		if c.Buses[0].Port != want {
			t.Errorf("%q became %q, want %q", port, c.Buses[0].Port, want)
		}
	}
}

func TestSpeedAndPatienceFollowDialectAndLinkWhenTheyAreNotGiven(t *testing.T) {
	for _, tc := range []struct {
		lines string
		baud  int
		wait  time.Duration
	}{
		{`port = "bus"`, 19200, 150 * time.Millisecond},
		{`port = "tcp://10.0.0.7:23"`, 19200, 500 * time.Millisecond},
		{"port = \"tcp://10.0.0.7:23\"\nreply_timeout_ms = 90\nbaud = 9600", 9600, 90 * time.Millisecond},
	} {
		c, err := Parse("c.toml", strings.Replace(shortest, `port = "bus"`, tc.lines, 1))
		if err != nil {
			t.Fatal(err)
		}
		if b := c.Buses[0]; b.Baud != tc.baud || b.ReplyTimeout != tc.wait {
			t.Errorf("%s: %d baud, %v", tc.lines, b.Baud, b.ReplyTimeout)
		}
	}
}

func TestProblemsNameTheirLineTheKeyAndWhatIsAllowed(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string // replaced in shortest; an empty old appends
		want     string
	}{
		{"a misspelt key gets a suggestion", "", "[policy]\nthank_s = 5",
			`c.toml:20: policy.thank_s: is not a key of this table: did you mean thanks_s?`},
		{"a key like no other lists the known ones", "", "[rest]\nqqqqqq = 1",
			`c.toml:20: rest.qqqqqq: is not a key of this table: known are allow_remote, allowed_origins, hosts, ` +
				`listen, requests_per_minute, socket`},
		{"an unknown table", "", "[polcy]", `c.toml:19: polcy: is not a key of this table: did you mean policy?`},
		{"a missing key", `id = "corner"`, ``, `c.toml:1: station.id: is missing: required in this table`},
		{"a text where a number belongs", `height_mm = 190`, `height_mm = "190"`,
			`c.toml:7: size.height_mm: is the text "190": a whole number from 40 to 2500`},
		{"a number out of bounds", "", "[policy]\nthanks_s = 100", `c.toml:20: policy.thanks_s: is 100: from 3 to 60`},
		{"a lock that boards do not have", `board = 0, lock = 2`, `board = 0, lock = 65`,
			`c.toml:12: column.doors.lock: is 65: from 1 to 64`},
		{"a baud rate nobody offers", `port = "bus"`, "port = \"bus\"\nbaud = 1234",
			`c.toml:17: bus.baud: is 1234: one of 0, 9600, 19200, 57600, 115200`},
		{"a word that is not offered", "", "[scanner]\nsuffix = \"nl\"",
			`c.toml:20: scanner.suffix: is nl: one of any, cr, lf, crlf, tab, none`},
		{"a listener for the whole world", "", "[rest]\nlisten = \"0.0.0.0:80\"",
			`c.toml:20: rest.listen: is "0.0.0.0:80", which others can reach: a loopback address, or set ` +
				`allow_remote = true`},
		{"a host with its port", "", "[rest]\nhosts = [\"locker.example:443\"]",
			`c.toml:20: rest.hosts: is "locker.example:443": a name as in an address, in lower case and ` +
				`without a port`},
		{"an origin that is everybody", "", "[rest]\nallowed_origins = [\"*\"]",
			`c.toml:20: rest.allowed_origins: is "*": one origin such as "https://shop.example", in lower case and ` +
				`without a path`},
		{"an origin with a path", "", "[rest]\nallowed_origins = [\"https://a.example/\"]",
			`c.toml:20: rest.allowed_origins: is "https://a.example/": one origin such as "https://shop.example", ` +
				`in lower case and without a path`},
		{"a name that turns the line round", `id = "corner"`, "id = \"corner\"\ndata_dir = \"a\\u202eb\"",
			`c.toml:3: station.data_dir: is "a\u202eb", which has characters that cannot be seen: write it ` +
				`without them`},
		{"a port with a terminal's order", `port = "bus"`, "port = \"bus\\u009b2J\"",
			`c.toml:16: bus.port: is "bus\u009b2J", which has characters that cannot be seen: write it without them`},
		{"a listener without a port", "", "[rest]\nlisten = \"localhost\"",
			`c.toml:20: rest.listen: is "localhost": an address and port such as "127.0.0.1:8470"`},
		{"two doors with one number", `number = "2"`, `number = "1"`,
			`c.toml:12: column.doors.number: "1" is painted on two doors: each number once`},
		{"two doors on one lock", `lock = 2`, `lock = 1`,
			`c.toml:12: column.doors.lock: lock 1 of board 0 on bus "main" already opens door "1": each lock once`},
		{"a size nobody declared", `number = "2", size = "M"`, `number = "2", size = "Q"`,
			`c.toml:12: column.doors.size: there is no [[size]] "Q": one of M`},
		{"a bus nobody declared", `number = "2", size = "M", bus = "main"`, `number = "2", size = "M", bus = "side"`,
			`c.toml:12: column.doors.bus: there is no [[bus]] "side": one of main`},
		{"a board nobody declared", `board = 0, lock = 2`, `board = 3, lock = 2`,
			`c.toml:12: column.doors.board: bus "main" has no [[bus.board]] 3: one of 0`},
		{"two boards with one address", "", "[[bus.board]]\naddress = 0",
			`c.toml:20: bus.board.address: 0 is used twice on bus "main": each address once`},
		{"a bus and the scanner on one port", "", "[scanner]\nport = \"bus\"",
			`c.toml:16: bus.port: "bus" belongs to the scanner as well: one port for each device`},
		{"a lock that this board does not have", `board = 0, lock = 2`, `board = 0, lock = 17`,
			`c.toml:12: column.doors.lock: a CU16 board has no lock 17 here: locks are 1 to 16`},
		{"a lock beyond the board's channels", `address = 0`, "address = 0\nchannels = 1",
			`c.toml:12: column.doors.lock: a CU16 board has no lock 2 here: locks are 1 to 1`},
		{"an address its dialect does not have", `port = "bus"`, "port = \"bus\"\ndialect = \"xor-8a80\"",
			`c.toml:19: bus.board.address: an 8A/80 board cannot have address 0: set 1 to 32 on its switches`},
		{"an option its dialect does not have", `address = 0`, "address = 0\nlock_byte = 1",
			`c.toml:18: bus.board.address: a CU16 board has no option lock_byte: leave it out`},
		{"a pulse beyond what the boards can count", `port = "bus"`,
			"port = \"bus\"\npulse_ms = 24000\npulse_gap_ms = 30000",
			`c.toml:17: bus.pulse_ms: a CU16 pulse of 24s is not possible: give whole steps of 10 ms under 24 s`},
		{"a reply time no board can keep", `port = "bus"`, "port = \"bus\"\nreply_timeout_ms = 5",
			`c.toml:17: bus.reply_timeout_ms: is 5: 0 for the usual time, or from 20 to 5000`},
		{"a gap too short for the pulse", `port = "bus"`, "port = \"bus\"\npulse_gap_ms = 300\npulse_ms = 500",
			`c.toml:17: bus.pulse_gap_ms: is 300: at least pulse_ms + 100 = 600`},
		{"a station id with capitals", `"corner"`, `"Corner"`,
			`c.toml:2: station.id: is "Corner": 3 to 40 lower-case letters, digits and hyphens`},
		{"a language that is none", `name = "Corner"`, "name = \"Corner\"\nlanguages = [\n\"en\",\n\"english\"]",
			`c.toml:6: station.languages: "english" is not a language: a tag such as "en", "zh-Hans" or "pt-BR"`},
		{"a language this program has no words for", `name = "Corner"`,
			"name = \"Corner\"\nlanguages = [\"en\", \"de\"]",
			`c.toml:4: station.languages: "de" is not spoken by this program: one of en, zh-Hans`},
		{"a protocol nobody speaks", `port = "bus"`, "port = \"bus\"\ndialect = \"kerong-cu17\"",
			`c.toml:17: bus.dialect: "kerong-cu17" is not known: one of kerong-cu16, kerong-cu48, waveshare-modbus, ` +
				`wkly, xor-8a80`},
		{"a door number that is an address", `number = "2"`, `number = "a/b"`,
			`c.toml:12: column.doors.number: is "a/b": 1 to 8 letters and digits, with hyphens between them`},
		{"one port by two paths", "", "[scanner]\nport = \"run/../bus\"",
			`c.toml:16: bus.port: "bus" belongs to the scanner as well: one port for each device`},
		{"an accessible door too high", `lock = 1 }`, `lock = 1, accessible = true }`,
			`c.toml:11: column.doors.accessible: door "1" has its lower edge 1310 mm above ground: 380 to 1220 for ` +
				`an accessible door`},
		{"a screen in a column that is not there", "", "[wall]\nscreen_column = 4",
			`c.toml:20: wall.screen_column: is 4: 0 to 0, the columns of the file`},
		{"a column of nothing", "", "[[column]]",
			`c.toml:19: column.width_mm: is missing: required for a column without doors`},
		{"a key given twice", `id = "corner"`, "id = \"corner\"\nid = \"corner\"",
			`c.toml:3: station.id: Key 'station.id' has already been defined.`},
		{"a line that is not TOML", `id = "corner"`, `id = corner`,
			`c.toml:2: station.id: expected value but found "corner" instead`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			source := shortest + tc.new + "\n"
			if tc.old != "" {
				if source = strings.Replace(shortest, tc.old, tc.new, 1); source == shortest {
					t.Fatal("the case changes nothing")
				}
			}
			if strings.Contains(tc.new, "accessible") {
				source += "[wall]\nbase_mm = 1100\n"
			}
			_, err := Parse("c.toml", source)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("err = %v, want Problems", err)
			}
			if got := problems.Error(); got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnceInTheOrderOfLines(t *testing.T) {
	source := strings.NewReplacer(`id = "corner"`, `id = 5`, `height_mm = 190`, `height_mm = 1`, `lock = 2`,
		`lock = 99`).Replace(shortest)
	_, err := Parse("c.toml", source)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 3 {
		t.Fatalf("want three problems, got:\n%v", err)
	}
	for i, line := range []int{2, 7, 12} {
		if problems[i].Line != line {
			t.Errorf("problem %d stands on line %d, want %d", i, problems[i].Line, line)
		}
	}
}

func TestAProblemOfManyDoorsIsToldOnce(t *testing.T) {
	ps := Problems{{"f", 2, "column.doors.bus", "there is none"}, {"f", 3, "column.doors.bus", "there is none"},
		{"f", 4, "column.doors.lock", "is 0"},
		{"f", 5, "column.doors.bus", "there is none"}, {"f", 9, "bus.name", "is missing"}}
	const want = "f:2: column.doors.bus: there is none (3 times)\nf:4: column.doors.lock: is 0\nf:9: " +
		"bus.name: is missing"
	if got := ps.Error(); got != want {
		t.Errorf("told:\n%s\nwant:\n%s", got, want)
	}
}

func TestLoadTellsWhereTheFileWasLookedFor(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "--config") {
		t.Errorf("err = %v", err)
	}
}

func TestASocketPathTooLongForTheKernelIsRefused(t *testing.T) {
	_, err := Parse("/"+strings.Repeat("x", 120)+"/cubby.toml", shortest)
	if err == nil || !strings.Contains(err.Error(), "at most 104") {
		t.Errorf("err = %v", err)
	}
}

func TestDoorsOfTheScreensColumnMakeRoomForIt(t *testing.T) {
	c, err := Parse("c.toml",
		shortest+"[wall]\nscreen_column = 0\nscreen_top_mm = 250\nscreen_height_mm = 500\nbase_mm = 300\n")
	if err != nil {
		t.Fatal(err)
	}
	doors := c.Compartments()
	if doors[0].TopMM != 0 || doors[1].TopMM != 750 {
		t.Errorf("tops are %d and %d, want 0 and 750", doors[0].TopMM, doors[1].TopMM)
	}
	if w := c.Wall(); w.HeightMM != 960 || w.Screen.TopMM != 250 || w.Screen.WidthMM != 420 {
		t.Errorf("wall: %+v", w)
	}
	// 300 + 960 - 210 = 1050 and 300 + 0 mm above ground.
	if !doors[0].Low || doors[1].Low {
		t.Errorf("low: %v, %v; want true, false", doors[0].Low, doors[1].Low)
	}
}

func TestLinesAreFoundInEveryWayOfWriting(t *testing.T) {
	l := indexLines("a.b = 1 # c = 2\n\"q x\" = '''\n]]\n'''\n[t]\nx = [\n 1, # ]\n { y = \"}\\\"\", z = 2 },\n]\n" +
		"[[r]]\n[[r.s]]\nk = 1\n[[r]]\n[[r.s]]\nk = 2\n")
	for path, want := range map[string]int{
		"a": 1, "a.b": 1, "q x": 2, "t": 5, "t.x": 6, "t.x[0]": 7, "t.x[1].y": 8, "t.x[1].z": 8,
		"r[0]": 10, "r[0].s[0].k": 12, "r[1].s[0].k": 15, "r[1].s[0].missing": 14, "nowhere": 1,
	} {
		if got := l.of(path); got != want {
			t.Errorf("%s is on line %d, want %d", path, got, want)
		}
	}
	if _, ok := l["c"]; ok {
		t.Error("a comment was taken for a key")
	}
}

// Whatever stands in the file, reading it ends, and ends in a value or in problems.
func TestNoTextMakesTheReaderHang(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{
			"[", "]", "{", "}", "=", ".", ",", "\"", "'", "\\", "#", "\n", "a", "1", " ", "[[bus]]\n",
			"\"\"\"", shortest,
		})).Draw(t, "pieces")
		source := strings.Join(pieces, "")
		indexLines(source)
		if c, err := Parse("c.toml", source); (c == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", c, err)
		}
	})
}
