package printer

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/sim"
	"cubby/hardware/sim/paper"
	"cubby/hardware/sim/simtest"
)

// fitted is a simulated site with a printer of narrow paper.
func fitted(t *testing.T, devices string, p sim.Printer) *sim.Site {
	t.Helper()
	p.Baud, p.Paper = 115200, paper.Config{WidthDots: 384}
	return simtest.Open(t, sim.Plan{Devices: devices, Printer: p})
}

// The pause before another try is an hour: what opens the port again is that the
// printer was seen to come.
func TestAPrinterThatIsPluggedInAgainUnderAnotherNamePrintsAtOnce(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	site := fitted(t, tree, sim.Printer{Adapter: sim.AdapterFor("usb-path:3-1", 1)})
	devices := device.Tree(tree).Watch()
	t.Cleanup(func() { devices.Close() })
	b := watching(t)
	p := b.openWith(device.Pauses{
		First: time.Hour, Most: time.Hour,
	}, func(c *Config) { c.Port, c.Devices = "usb-path:3-1", devices })
	b.state(Ready)
	simtest.PullOut(t, site, "printer")
	b.state(Gone)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST\n")})
	simtest.PlugIn(t, site, "printer")
	b.ends("j1", Printed)
	b.state(Ready)
}

// Somebody pulls the adapter of a printer without power: what is sent to it then
// comes out nowhere.
func TestAPrinterThatHasAnsweredIsSilentAfterItsPortWasAway(t *testing.T) {
	t.Parallel()
	site := fitted(t, t.TempDir(), sim.Printer{Link: filepath.Join(t.TempDir(), "printer")})
	b := watching(t)
	p := b.open(func(c *Config) { c.Port = site.Devices()[0].Link })
	b.state(Ready)
	simtest.Fault(t, site, "mute", "printer", "on")
	simtest.Fault(t, site, "unplug", "printer", "on")
	b.state(Gone)
	b.print(p, Job{ID: "j1", Data: []byte("FIRST\n"), Secret: true})
	simtest.Fault(t, site, "unplug", "printer", "off")
	b.state(Silent)
	if got := p.Jobs(); len(got) != 1 || got[0].Tries != 0 {
		t.Errorf("sent to nobody: %+v", got)
	}
	simtest.Fault(t, site, "mute", "printer", "off")
	b.ends("j1", Printed)
}

// A printer goes on to take for a picture what comes after half of one.
func TestAReceiptIsPrintedWholeAfterOneWasCutOffInAPicture(t *testing.T) {
	t.Parallel()
	site := fitted(t, t.TempDir(), sim.Printer{Link: "tcp://127.0.0.1:0"})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() { // a bridge that loses the first connection when half the job has gone over it
		for first := true; ; first = false {
			host, err := listener.Accept()
			if err != nil {
				return
			}
			printer, err := net.Dial("tcp", strings.TrimPrefix(site.Devices()[0].Link, "tcp://"))
			if err != nil {
				t.Error(err)
				host.Close()
				return
			}
			go io.Copy(host, printer)
			for buffer, n := make([]byte, 1024), 0; err == nil && (!first || n < 1500); {
				var came int
				if came, err = host.Read(buffer); err == nil {
					_, err = printer.Write(buffer[:came])
				}
				if came > 100 { // no question
					n += came
				}
			}
			host.Close()
			printer.Close()
		}
	}()
	b := watching(t)
	p := b.open(func(c *Config) { c.Port = "tcp://" + listener.Addr().String() })
	b.state(Ready)
	picture := append([]byte{0x1D, 0x76, 0x30, 0, 48, 0, 60, 0}, make([]byte, 48*60)...)
	b.print(p, Job{
		ID: "j1", Data: slices.Concat(picture, []byte("\nFIRST\n")), Copy: slices.Concat(picture, []byte("\nCOPY\n")),
		Secret: true,
	})
	b.ends("j1", Printed)
	roll, err := site.Paper("printer")
	if err != nil {
		t.Fatal(err)
	}
	if text := roll.Text(); strings.Contains(text, "FIRST") || !strings.Contains(text, "COPY") {
		t.Errorf("the paper says %q", text)
	}
}

// As a printer on USB does without paper. At the slowest speed there is a piece
// has minutes to go out: who closes the printer does not wait for them.
func TestAPrinterThatTakesNoMoreBytesIsClosedAtOnceAndItsJobKept(t *testing.T) {
	const slowest = 50
	t.Parallel()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	folder := t.TempDir()
	b := watching(t)
	p, err := Open(Config{
		Device: "printer", Kind: Receipts, Port: slave.Name(), Baud: slowest, Folder: folder, Vault: plainVault{},
	}, b)
	if err != nil {
		t.Fatal(err)
	}
	b.print(p, Job{ID: "j1", Data: make([]byte, jobBytes)})
	// until it is stuck
	for end, came, same := time.Now().Add(patience), 0, 0; same < 20; <-time.After(5 * time.Millisecond) {
		now, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCINQ)
		if err != nil || time.Now().After(end) {
			t.Fatalf("it is not begun: %v", err)
		}
		if same++; now != came || now < piece {
			came, same = now, 0
		}
	}
	begun := time.Now()
	// what stands in a pseudo-terminal cannot be thrown away
	if err := p.Close(); err != nil && !errors.Is(err, line.ErrWedged) {
		t.Error(err)
	}
	if took := time.Since(begun).Seconds(); took > wireTime(piece, slowest) {
		t.Errorf("closing took %.0f s", took)
	}
	js, err := openJobs(folder, plainVault{}, time.Now())
	if err != nil || len(js.all) != 1 || !js.all[0].Waits {
		t.Errorf("kept are %+v, %v", js.list(time.Now()), err)
	}
}
