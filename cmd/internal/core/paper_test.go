package core

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cubby/hardware/modbus"
	"cubby/hardware/printer"
	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/locker/station"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// played is a device behind a pseudo-terminal that answers what it is asked.
type played struct {
	mu   sync.Mutex // guards what follows
	came []byte
}

// play plugs a device into a socket of those that the folder lists.
func play(t *testing.T, devices, socket string, answer func(came []byte) []byte) *played {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	here := filepath.Join(devices, socket)
	if err := errors.Join(os.Mkdir(here, 0o700), os.WriteFile(filepath.Join(here, "path"), []byte(socket), 0o600),
		os.Symlink(slave.Name(), filepath.Join(here, "tty"))); err != nil {
		t.Fatal(err)
	}
	p := new(played)
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := master.Read(buffer)
			if err != nil {
				return
			}
			p.mu.Lock()
			p.came = append(p.came, buffer[:n]...)
			p.mu.Unlock()
			master.Write(answer(buffer[:n]))
		}
	}()
	return p
}

func (p *played) has(b []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Contains(p.came, b)
}

// well answers every DLE EOT with "all is well".
func well(came []byte) []byte {
	return bytes.Repeat([]byte{0x12}, bytes.Count(came, []byte{0x10, 0x04}))
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	eventually(t, what, func() error {
		if !is() {
			return errors.New("it never came")
		}
		return nil
	})
}

func TestPrintersAndSensorsAreSeenAndUsedThroughTheEndpoint(t *testing.T) {
	t.Parallel()
	devices := t.TempDir()
	paper := play(t, devices, "5-1", well)
	play(t, devices, "5-2", func(came []byte) []byte { // its head is open
		if !bytes.Contains(came, []byte("~HS")) {
			return nil
		}
		return []byte("\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,1,0,0,2,4,0,00000000,1,000\x03\r\n" +
			"\x021234,0\x03\r\n")
	})
	play(t, devices, "5-3", func([]byte) []byte { return modbus.Seal([]byte{1, 4, 4, 0, 51, 2, 0x22}) })
	cfg := demo(t, "[scanner]", fmt.Sprintf(`[devices]
folder = %q
[printer]
port = "usb-path:5-1"
status = "required"
[label_printer]
port = "usb-path:5-2"
[[climate]]
name = "cooled"
port = "usb-path:5-3"
min_c = 2
max_c = 8
[scanner]`, devices))
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var staff *client.Client
	until(t, "the socket", func() bool { _, err := os.Stat(cfg.Rest.Socket); return err == nil })
	if staff, err = client.New("unix:"+cfg.Rest.Socket, ""); err != nil {
		t.Fatal(err)
	}
	status := func(name string) health.Device {
		all, err := staff.Devices(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(d health.Device) bool { return d.Name == name })
		if i < 0 {
			return health.Device{}
		}
		return all[i]
	}
	until(t, "a printer that works", func() bool { return status("printer").State == "working" })
	until(t, "an open head", func() bool { return status("label printer").State == "cover_open" })
	until(t, "a temperature", func() bool { return status("climate cooled").State == "working" })
	if d := status("label printer"); d.Severity != health.Warning || d.ToDo != "Close the print head." ||
		d.Since.IsZero() {
		t.Errorf("the label printer: %+v", d)
	}
	door := "door " + cfg.Compartments()[0].Number
	until(t, "the doors", func() bool { return status(door).Kind == health.Door })

	job, err := staff.PrintTest(t.Context(), "printer")
	if err != nil {
		t.Fatal(err)
	}
	done := func() bool {
		jobs, err := staff.PrintJobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(jobs, func(j parcel.PrintJob) bool { return j.ID == job })
		return i >= 0 && !jobs[i].Waits
	}
	until(t, "the test page", done)
	if !paper.has([]byte(testCode)) || !paper.has([]byte{0xC8, 0xA1, 0xBC, 0xFE, 0xC2, 0xEB}) ||
		paper.has([]byte("COPY")) {
		t.Error("the test page has no code, no Chinese letters, or is a copy")
	}
	eventually(t, "the job is taken again", func() error { // "only just printed", on a slow disk
		return staff.PrintAgain(t.Context(), job)
	})
	until(t, "the copy", func() bool { return paper.has([]byte("COPY")) && done() })
	for name, err := range map[string]error{
		"a printer that is not there": second(staff.PrintTest(t.Context(), "plotter")),
		"a job that is not there":     staff.PrintAgain(t.Context(), "j-0"),
	} {
		if p, ok := err.(*problem.Problem); !ok || p.Status != http.StatusNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}

	answer, err := http.Get("http://" + c.Address() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`cubby_device_severity{device="label printer",kind="label_printer",severity="warning"} 1`,
		`cubby_device_severity{device="label printer",kind="label_printer",severity="ok"} 0`,
		`cubby_device_severity{device="printer",kind="printer",severity="ok"} 1`,
		`cubby_climate_celsius{device="climate cooled"} 5.1`,
		`cubby_climate_humidity_percent{device="climate cooled"} 54.6`,
		`cubby_print_jobs_total{device="printer"} 2`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestAReceiptSaysWhatItsBearerNeedsInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)
	r := station.Receipt{
		Job: "j", Station: "Cubby Demo", Parcel: "…4711", Door: "14", Code: "MFRGGZDFMZTWQ2LK", PIN: "48213907",
		Deadline: deadline,
	}
	for _, c := range []struct {
		name, language, letters string
		copy                    bool
		want                    []string // text, or hex after "0x"
		not                     string
	}{
		{"English", "en", "gb18030", false, []string{
			"Door 14", "Collect by 2026-03-04 18:30", "Asia/Shanghai", "MFRGGZDFMZTWQ2LK", "4821 3907",
			"Whoever has this paper",
		}, "COPY"},
		{"a copy says so", "en", "pc858", true, []string{"COPY"}, "0x1C26"},
		{"Chinese", "zh-Hans", "gb18030", false, []string{"0x1C26", "0xC8A1BCFE", "4821 3907", "MFRGGZDFMZTWQ2LK"},
			"Door"},
		{"Chinese on a printer without Chinese letters is English", "zh-Hans", "pc437", false,
			[]string{"Door 14"}, "?"},
		{"a language without a translation is English", "sw", "gb18030", false, []string{"Door 14"}, "{{"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := demo(t, "[scanner]", fmt.Sprintf("[printer]\nletters = %q\n[scanner]", c.letters))
			cfg.Station.TimeZone = "Asia/Shanghai"
			p, err := newPapers(cfg)
			if err != nil {
				t.Fatal(err)
			}
			r.Language = c.language
			got, err := p.receipt(r, c.copy)
			if err != nil {
				t.Fatal(err)
			}
			has := func(s string) bool {
				b := []byte(s)
				if digits, ok := strings.CutPrefix(s, "0x"); ok {
					if b, err = hex.DecodeString(digits); err != nil {
						t.Fatal(err)
					}
				}
				return bytes.Contains(got, b)
			}
			for _, want := range c.want {
				if !has(want) {
					t.Errorf("%q is not on it: % X", want, got)
				}
			}
			if has(c.not) {
				t.Errorf("%q is on it", c.not)
			}
		})
	}
}

// Texts are broken only between words, so every one must have words that fit.
func TestEveryTextOnPaperFitsTheNarrowestPaper(t *testing.T) {
	p, err := newPapers(demo(t))
	if err != nil {
		t.Fatal(err)
	}
	for tag, all := range p.words {
		if len(all) < 8 {
			t.Errorf("%s has only %d texts for paper", tag, len(all))
		}
		for id, text := range all {
			paper := p.cfg.Printer.Paper()
			if _, err := printer.Encode(paper, printer.Text{Words: text, Large: true}); err != nil {
				t.Errorf("%s %s: %v", tag, id, err)
			}
			for word := range strings.FieldsSeq(text) {
				if !strings.HasPrefix(tag, "zh") && len(word) > paper.Dots/24 {
					t.Errorf("%s %s: %q is broken within the word when large", tag, id, word)
				}
			}
		}
	}
}
