package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cubby/cmd/internal/config"
	"cubby/hardware/device"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
)

// Nearly all of the time is spent waiting for boards and bridges.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const station = `[station]
id = "sick"
name = "Sick"

[[size]]
name = "M"
width_mm = 400
height_mm = 190
depth_mm = 500

[[column]]
doors = [
  { number = "1", size = "M", bus = "main", board = 1, lock = 1 },
  { number = "2", size = "M", bus = "main", board = 1, lock = 2 },
  { number = "3", size = "M", bus = "main", board = 2, lock = 1 },
  { number = "4", size = "M", bus = "main", board = 2, lock = 2 },
]

[[bus]]
name = "main"
port = "PORT"
dialect = "DIALECT"
baud = BAUD
  [[bus.board]]
  address = 1
  [[bus.board]]
  address = 2
`

// patient is the examination of a station without a core, on a machine that
// runs nothing else.
func patient(t *testing.T, change ...string) *Examination {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "cubby.toml")
	text := strings.NewReplacer(append(change, "PORT", "run/bus", "DIALECT", "kerong-cu16", "BAUD", "19200")...).
		Replace(station)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "proc"), 0o700); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	e := New(cfg, nil, errors.New("nobody"))
	e.Finder = device.Tree(filepath.Join(folder, "devices"))
	e.Proc = filepath.Join(folder, "proc")
	e.Rules = []string{filepath.Join(folder, "rules")}
	return e
}

// wired makes the site of the patient, wired as said.
func wired(t *testing.T, e *Examination, dialect string, baud int, change func(*sim.Board)) *sim.Site {
	t.Helper()
	plan := sim.Plan{
		Station: "sick", Seed: 1, Wall: simtest.Wall("1", "2", "3", "4"),
		Buses: []sim.Bus{{Name: "main", Dialect: dialect, Link: e.Config.Buses[0].Port, Baud: baud}},
	}
	for i, address := range []int{1, 2} {
		b := sim.Board{Address: address, Locks: map[int]string{}}
		for lock := 1; lock <= 2; lock++ {
			b.Locks[lock] = fmt.Sprint(2*i + lock)
		}
		if change != nil {
			change(&b)
		}
		plan.Buses[0].Boards = append(plan.Buses[0].Boards, b)
	}
	return simtest.Open(t, plan)
}

// expect checks that exactly these troubles and hints were found, each by a
// part of its sentence.
func expect(t *testing.T, all []Finding, want ...string) {
	t.Helper()
	var got []string
	for _, f := range all {
		if f.Grade != Fine {
			got = append(got, string(f.Grade)+": "+f.What+" -> "+f.ToDo)
			if f.Grade == Trouble && f.ToDo == "" {
				t.Errorf("%q does not say what to do", f.What)
			}
		}
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(g string) bool { return strings.Contains(g, w) })
		if i < 0 {
			t.Errorf("nobody said %q; said was\n%s", w, strings.Join(got, "\n"))
			continue
		}
		got = slices.Delete(got, i, i+1)
	}
	for _, g := range got {
		t.Errorf("this was said besides: %s", g)
	}
}

const coreIsDown = "The core does not run"

func TestEachIllnessOfALineIsTold(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, dialect string
		baud          int
		change        func(*sim.Board)
		faults        []sim.Fault
		want          []string
	}{
		{"a line that is well", "kerong-cu16", 19200, nil, nil, nil},
		{"a board without power", "kerong-cu16", 19200, nil,
			[]sim.Fault{{Kind: "silent-board", Target: "main/2", Value: "on"}},
			[]string{"Board 2 on line main does not answer"}},
		{"inverted feedback", "kerong-cu16", 19200, func(b *sim.Board) { b.InvertHook = b.Address == 1 }, nil,
			[]string{"Board 1 on line main reads all its 2 doors open. -> If the doors are closed: run " +
				"cubbyctl commission"}},
		{"two boards with one address", "kerong-cu16", 19200, nil,
			[]sim.Fault{{Kind: "twin", Target: "main/1", Value: "on"}}, []string{"two boards have its address"}},
		{"a missing terminator", "kerong-cu16", 19200, nil, []sim.Fault{{Kind: "stray", Target: "main", Value: "0.6"}},
			[]string{"There is noise on line main"}},
		{"an adapter that hears itself", "kerong-cu16", 19200, nil,
			[]sim.Fault{{Kind: "echo", Target: "main", Value: "on"}},
			[]string{"hint: The adapter of line main hears its own bytes"}},
		{"boards of another kind", "wkly", 9600, nil, nil,
			[]string{"The boards on line main speak wkly at 9600 baud, and the configuration says kerong-cu16"}},
		{"nobody at all", "kerong-cu16", 19200, nil, []sim.Fault{
			{Kind: "silent-board", Target: "main/1", Value: "on"}, {
				Kind: "silent-board", Target: "main/2", Value: "on",
			},
		}, []string{"On line main no board answers"}},
		{"the boards of another line", "kerong-cu16", 19200, func(b *sim.Board) { b.Address += 4 }, nil,
			[]string{"On line main other boards answer than the configuration has: boards 5 and 6"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := patient(t)
			site := wired(t, e, tc.dialect, tc.baud, tc.change)
			for _, f := range tc.faults {
				if err := site.SetFault(f); err != nil {
					t.Fatal(err)
				}
			}
			expect(t, e.Run(t.Context()), append(tc.want, coreIsDown)...)
			entries, _ := site.Journal(0)
			for _, entry := range entries {
				if entry.Kind == "unlock" || entry.Kind == "violation" {
					t.Errorf("the doctor has caused %+v", entry)
				}
			}
		})
	}
}

// Two programs that ask one line spoil each other's bytes, and a bridge lets both.
func TestNoLineIsAskedBesideACoreThatMayRun(t *testing.T) {
	t.Parallel()
	dialing := func(why syscall.Errno) error {
		return &url.Error{
			Op: "Get", URL: "http://core/readyz", Err: &net.OpError{
				Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", why),
			},
		}
	}
	for _, tc := range []struct {
		name  string
		why   error
		asked bool
		says  string
	}{
		{"its socket is left over", dialing(syscall.ECONNREFUSED), true, "nothing listens on its socket"},
		{"its socket is for others", dialing(syscall.EACCES), false, "is not for this user. The lines are left alone"},
		{"it takes too long", &url.Error{
			Op: "Get", URL: "http://core/readyz", Err: context.DeadlineExceeded,
		}, false, "does not answer"},
		{"it hangs up", &url.Error{Op: "Get", URL: "http://core/readyz", Err: io.EOF}, false, "does not answer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := patient(t)
			e.Why = tc.why
			if err := errors.Join(os.MkdirAll(filepath.Dir(e.Config.Rest.Socket), 0o700),
				os.WriteFile(e.Config.Rest.Socket, nil, 0o600)); err != nil {
				t.Fatal(err)
			}
			want := []string{tc.says}
			if tc.asked {
				want = append(want, "Board 2 on line main does not answer")
			}
			simtest.Fault(t, wired(t, e, "kerong-cu16", 19200, nil), "silent-board", "main/2", "on")
			expect(t, e.Run(t.Context()), want...)
		})
	}
}

func TestNoBoardIsAskedAnyMoreWhenTheDoctorIsInterrupted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	questions := make(chan int, 1)
	go func() { // a bridge behind which nobody answers
		n := 0
		defer func() { questions <- n }()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			for buffer := make([]byte, 64); err == nil; {
				if _, err = conn.Read(buffer); err == nil {
					n++
					interrupt()
				}
			}
			conn.Close()
		}
	}()
	patient(t, "PORT", "tcp://"+listener.Addr().String()).Run(ctx)
	listener.Close()
	if n := <-questions; n > 2 { // the second may be on its way already
		t.Errorf("%d questions were asked, all but one after the interrupt", n)
	}
}

func TestEachIllnessOfAPortIsTold(t *testing.T) {
	t.Run("it is not there", func(t *testing.T) {
		e := patient(t)
		expect(t, e.Run(t.Context()), coreIsDown, "The port of line main is not there")
	})
	t.Run("it is a plain file", func(t *testing.T) {
		e := patient(t)
		if err := os.MkdirAll(filepath.Dir(e.Config.Buses[0].Port), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(e.Config.Buses[0].Port, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		expect(t, e.Run(t.Context()), coreIsDown, "The port of line main is no device")
	})
	t.Run("its adapter is not plugged in", func(t *testing.T) {
		e := patient(t, "PORT", "usb:1a86:7523")
		expect(t, e.Run(t.Context()), coreIsDown, "The adapter of line main is not there")
	})
	t.Run("two adapters fit", func(t *testing.T) {
		e := patient(t, "PORT", "usb:1a86:7523")
		for _, socket := range []string{"1-1", "1-2"} {
			folder := filepath.Join(filepath.Dir(e.Config.Path), "devices", socket)
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for file, text := range map[string]string{"path": socket, "vendor": "1a86", "product": "7523"} {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink("/dev/null", filepath.Join(folder, "tty")); err != nil {
				t.Fatal(err)
			}
		}
		expect(t, e.Run(t.Context()), coreIsDown, "usb-path:1-1 or usb-path:1-2")
	})
	t.Run("a bridge does not answer", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := listener.Addr().String()
		listener.Close()
		e := patient(t, "PORT", "tcp://"+address)
		expect(t, e.Run(t.Context()), coreIsDown, "Line main cannot be opened")
	})
	t.Run("another program has it", func(t *testing.T) {
		e := patient(t)
		wired(t, e, "kerong-cu16", 19200, nil)
		process(t, e, 4711, "minicom", device.Real(e.Config.Buses[0].Port))
		expect(t, e.Run(t.Context()), coreIsDown,
			"Another program has the port of line main open: minicom (process 4711)")
	})
	t.Run("the machine has meddlers", func(t *testing.T) {
		e := patient(t)
		wired(t, e, "kerong-cu16", 19200, nil)
		process(t, e, 500, "ModemManager", "/dev/null")
		process(t, e, 501, "brltty", "/dev/null")
		expect(t, e.Run(t.Context()), coreIsDown,
			"ModemManager runs on this machine (process 500). -> It sends AT commands", "brltty runs")
	})
	t.Run("ModemManager knows our rules", func(t *testing.T) {
		e := patient(t)
		wired(t, e, "kerong-cu16", 19200, nil)
		process(t, e, 500, "ModemManager", "/dev/null")
		rules, err := os.ReadFile("../../../packaging/udev/60-cubby.rules")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(e.Rules[0], 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(e.Rules[0], "60-cubby.rules"), rules, 0o600); err != nil {
			t.Fatal(err)
		}
		expect(t, e.Run(t.Context()), coreIsDown)
	})
	t.Run("it is not for this user", func(t *testing.T) {
		e := patient(t)
		wired(t, e, "kerong-cu16", 19200, nil)
		e.Access = func(path string, mode uint32) error {
			if path == e.Config.Buses[0].Port {
				return unix.EACCES
			}
			return unix.Access(path, mode)
		}
		expect(t, e.Run(t.Context()), coreIsDown, "usermod -aG")
	})
}

// process puts a process into the list of the machine.
func process(t *testing.T, e *Examination, pid int, name, open string) {
	t.Helper()
	folder := filepath.Join(e.Proc, fmt.Sprint(pid))
	if err := os.MkdirAll(filepath.Join(folder, "fd"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "comm"), []byte(name+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(open, filepath.Join(folder, "fd", "3")); err != nil {
		t.Fatal(err)
	}
}

func TestEachIllnessOfTheMachineIsTold(t *testing.T) {
	t.Parallel()
	healthy := func(t *testing.T) *Examination {
		e := patient(t)
		wired(t, e, "kerong-cu16", 19200, nil)
		return e
	}
	data := func(e *Examination) string { return e.Config.Station.DataDir }
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, e *Examination) error
		want string
	}{
		{"a clock that was never set", func(_ *testing.T, e *Examination) error {
			e.Now = func() time.Time { return time.Date(2000, 1, 1, 0, 5, 0, 0, time.UTC) }
			return nil
		}, "The clock says 2000-01-01"},
		{"a clock that went back", func(_ *testing.T, e *Examination) error {
			e.Now = func() time.Time { return time.Now().Add(-48 * time.Hour) }
			return nil
		}, "which is later"},
		{"a data folder for everybody", func(_ *testing.T, e *Examination) error { return os.Chmod(data(e), 0o755) },
			"Others can look into the data folder"},
		{"a key for everybody", func(_ *testing.T, e *Examination) error {
			return os.WriteFile(filepath.Join(data(e), "station.key"), make([]byte, 32), 0o644)
		}, "Others can read the station's key"},
		{"a key that is lost", func(_ *testing.T, e *Examination) error {
			return os.WriteFile(filepath.Join(data(e), "station.db"), nil, 0o600)
		}, "no station.key"},
		{"a data folder of somebody else", func(_ *testing.T, e *Examination) error {
			e.Access = func(path string, mode uint32) error {
				if path == data(e) {
					return unix.EACCES
				}
				return unix.Access(path, mode)
			}
			return nil
		}, "This user cannot write in the data folder"},
		{"no data folder", func(_ *testing.T, e *Examination) error { return os.Remove(data(e)) },
			"hint: There is no data folder"},
		{"a file in its place", func(_ *testing.T, e *Examination) error {
			return errors.Join(os.Remove(data(e)), os.WriteFile(data(e), nil, 0o600))
		}, "is no folder"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := healthy(t)
			if err := tc.do(t, e); err != nil {
				t.Fatal(err)
			}
			expect(t, e.Run(t.Context()), coreIsDown, tc.want)
		})
	}
}

func TestADiskIsJudgedByItsRoom(t *testing.T) {
	const pages = 4096 // bytes of a block
	enough := unix.Statfs_t{Bsize: pages, Bavail: 1 << 18, Bfree: 1 << 18, Files: 100000, Ffree: 5000}
	for _, tc := range []struct {
		name string
		do   func(*unix.Statfs_t) error
		want string // empty: it is well
	}{
		{"room enough", func(s *unix.Statfs_t) error { return nil }, ""},
		{"a file system that does not count files", func(s *unix.Statfs_t) error {
			s.Files, s.Ffree = 0, 0
			return nil
		}, ""},
		{"just room enough", func(s *unix.Statfs_t) error { s.Bavail = leastFree / pages; return nil }, ""},
		{"nearly full", func(s *unix.Statfs_t) error { s.Bavail = 100 << 20 / pages; return nil },
			"nearly full: 100 MB are free"},
		{"room for the system's own user alone", func(s *unix.Statfs_t) error { s.Bavail = 0; return nil },
			"nearly full: 0 MB are free. -> Delete old logs"},
		{"too many files", func(s *unix.Statfs_t) error { s.Ffree = 10; return nil }, "room for 10 more files only"},
		{"after an error", func(s *unix.Statfs_t) error { s.Flags = unix.ST_RDONLY; return nil },
			"can only be read. -> Look into dmesg"},
		{"a full disk after an error", func(s *unix.Statfs_t) error {
			s.Flags, s.Bavail = unix.ST_RDONLY, 0
			return nil
		}, "can only be read"},
		{"a disk that is dying", func(*unix.Statfs_t) error { return unix.EIO },
			"cannot be asked for its room: input/output error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := patient(t)
			e.Disk = func(path string, s *unix.Statfs_t) error {
				if path != e.Config.Station.DataDir {
					t.Errorf("the disk of %s was looked at", path)
				}
				*s = enough
				return tc.do(s)
			}
			e.dataFolder()
			if tc.want == "" {
				expect(t, e.findings)
				return
			}
			expect(t, e.findings, tc.want)
		})
	}
}

func TestTheKeysOfPaymentProvidersAreLookedAt(t *testing.T) {
	e := patient(t, "[station]", "[[refund_provider]]\nname = \"bank\"\nurl = \"https://a.example\"\n"+
		"key_file = \"bank.key\"\n\n[station]")
	key := e.Config.RefundProviders[0].KeyFile
	for _, c := range []struct {
		mode os.FileMode
		said string
	}{{0, "cannot be read"}, {0o644, "readable by others"}, {0o600, ""}} {
		if c.mode != 0 {
			os.Remove(key)
			if err := os.WriteFile(key, []byte("sk_test_1"), c.mode); err != nil {
				t.Fatal(err)
			}
		}
		e.findings = nil
		e.providers()
		got := e.findings[0]
		if len(e.findings) != 1 || (got.Grade == Trouble) != (c.said != "") ||
			!strings.Contains(got.What, c.said) ||
			strings.Contains(got.What, "sk_test") {
			t.Errorf("mode %o: %+v", c.mode, e.findings)
		}
	}
}
