package device

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// write makes a file with its folders.
func write(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

// plug puts an adapter into a tree; its terminal is a plain file here.
func plug(t *testing.T, tree, name, socket, vendor, product, serial, tty string) {
	t.Helper()
	write(t, socket, tree, name, "path")
	write(t, vendor, tree, name, "vendor")
	write(t, product, tree, name, "product")
	if serial != "" {
		write(t, serial, tree, name, "serial")
	}
	if _, err := os.Stat(tty); err != nil {
		write(t, "", tty)
	}
	link(t, tty, tree, name, "tty")
}

func TestAPortIsFoundByWhoItIs(t *testing.T) {
	tree, dev := t.TempDir(), t.TempDir()
	at := func(name string) string { return filepath.Join(dev, name) }
	plug(t, tree, "a", "1-1", "1a86", "7523", "", at("ttyUSB0"))
	plug(t, tree, "b", "1-2", "1A86", "7523", "", at("ttyUSB1"))
	plug(t, tree, "c", "3-1.2", "0403", "6001", "A5", at("ttyUSB2"))
	plug(t, tree, "d", "3-1.3", "0403", "6001", "A6:x", at("ttyUSB3"))
	plug(t, tree, "e", "2-1", "2341", "0043", "", at("ttyACM0"))
	plug(t, tree, "f0", "4-1", "0403", "6011", "Q", at("ttyUSB4"))
	write(t, "1.0", tree, "f0", "interface")
	plug(t, tree, "f1", "4-1", "0403", "6011", "Q", at("ttyUSB5"))
	write(t, "1.1", tree, "f1", "interface")
	link(t, "/nowhere/ttyUSB9", tree, "g", "tty") // being plugged in

	for _, tc := range []struct {
		name, port, want string
		err              error
		says             []string
	}{
		{"an absolute path is itself", "/dev/serial/by-path/x", "/dev/serial/by-path/x", nil, nil},
		{"a bridge is itself", "tcp://10.0.0.7:23", "tcp://10.0.0.7:23", nil, nil},
		{"others' ports are passed on", "picture:/var/spool/pictures", "picture:/var/spool/pictures", nil, nil},
		{"the only one of its kind", "usb:2341:0043", at("ttyACM0"), nil, nil},
		{"letters of either case", "usb:0403:6001:A5", at("ttyUSB2"), nil, nil},
		{"a serial number with a colon", "usb:0403:6001:A6:x", at("ttyUSB3"), nil, nil},
		{"a socket", "usb-path:1-2", at("ttyUSB1"), nil, nil},
		{"a socket behind a hub", "usb-path:3-1.2", at("ttyUSB2"), nil, nil},
		{"one of several lines", "usb-path:4-1:1.1", at("ttyUSB5"), nil, nil},
		{"nobody", "usb:dead:beef", "", ErrMissing,
			[]string{"usb-path:1-1 is usb:1a86:7523", "usb-path:3-1.2 is usb:0403:6001:A5"}},
		{"an empty socket", "usb-path:9-9", "", ErrMissing, nil},
		{"twins without numbers", "usb:1a86:7523", "", ErrAmbiguous,
			[]string{"usb-path:1-1 or usb-path:1-2", "/dev/serial/by-path"}},
		{"numbers tell them apart", "usb:0403:6001", "", ErrAmbiguous,
			[]string{"usb:0403:6001:A5 or usb:0403:6001:A6:x"}},
		{"an adapter with two lines", "usb-path:4-1", "", ErrAmbiguous,
			[]string{"usb-path:4-1:1.0 or usb-path:4-1:1.1"}},
		{"half an identity", "usb:1a86", "", nil, []string{"usb:VENDOR:PRODUCT"}},
		{"a vendor that is no number", "usb:wxyz:7523", "", nil, []string{"usb:VENDOR:PRODUCT"}},
		{"an empty serial number", "usb:1a86:7523:", "", nil, []string{"usb:VENDOR:PRODUCT"}},
		{"a socket that is none", "usb-path:ttyUSB0", "", nil, []string{"usb-path:BUS-PORT"}},
		{"nothing", "", "", nil, []string{"needs a name"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Tree(tree).Resolve(tc.port)
			if got != tc.want || (err == nil) != (tc.want != "") || tc.err != nil && !errors.Is(err, tc.err) {
				t.Fatalf("%q, %v; want %q", got, err, tc.want)
			}
			for _, s := range tc.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%v\nshould say %q", err, s)
				}
			}
		})
	}
}

func TestANameUnderByIDThatTwoAdaptersShareIsRefused(t *testing.T) {
	tree, dev := t.TempDir(), t.TempDir()
	byID := filepath.Join(dev, "serial", "by-id", "usb-1a86_USB_Serial-if00-port0")
	plug(t, tree, "a", "1-1", "1a86", "7523", "", filepath.Join(dev, "ttyUSB0"))
	link(t, "../../ttyUSB0", byID)
	if got, err := Tree(tree).Resolve(byID); got != byID || err != nil {
		t.Fatalf("one adapter: %q, %v", got, err)
	}
	plug(t, tree, "b", "1-2", "1a86", "7523", "", filepath.Join(dev, "ttyUSB1"))
	_, err := Tree(tree).Resolve(byID)
	if !errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), "usb-path:1-1 or usb-path:1-2") {
		t.Errorf("two adapters: %v", err)
	}
	byPath := filepath.Join(dev, "serial", "by-path", "pci-0-usb-0:1:1.0")
	link(t, "../../ttyUSB0", byPath)
	if _, err := Tree(tree).Resolve(byPath); err != nil {
		t.Errorf("by path: %v", err)
	}
}

// The folders are those of a Linux machine with an FTDI adapter behind a hub, a
// modem that is its own terminal, a UART that is fitted and one that is not.
func TestTheKernelsListIsRead(t *testing.T) {
	sys := t.TempDir()
	usb := filepath.Join(sys, "devices", "pci0", "usb3", "3-1", "3-1.2")
	for _, dir := range []string{"3-1.2:1.0/ttyUSB0/tty/ttyUSB0", "3-1.2:1.1/ttyUSB1/tty/ttyUSB1"} {
		if err := os.MkdirAll(filepath.Join(usb, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, "0403", usb, "idVendor")
	write(t, "6010", usb, "idProduct")
	write(t, "FT77", usb, "serial")
	write(t, "Dual RS485", usb, "product")
	write(t, "00", usb, "3-1.2:1.0", "bInterfaceNumber")
	write(t, "01", usb, "3-1.2:1.1", "bInterfaceNumber")
	acm := filepath.Join(sys, "devices", "pci0", "usb1", "1-4")
	write(t, "2DD6", acm, "idVendor")
	write(t, "0000", acm, "idProduct")
	write(t, "02", acm, "1-4:1.0", "bInterfaceNumber")
	uart := filepath.Join(sys, "devices", "platform", "serial8250")
	if err := os.MkdirAll(uart, 0o755); err != nil {
		t.Fatal(err)
	}
	class := filepath.Join(sys, "class", "tty")
	for tty, device := range map[string]string{
		"ttyUSB0": usb + "/3-1.2:1.0/ttyUSB0", "ttyUSB1": usb + "/3-1.2:1.1/ttyUSB1", "ttyACM0": acm + "/1-4:1.0",
		"ttyS0": uart, "ttyS1": uart,
	} {
		link(t, device, class, tty, "device")
	}
	write(t, "4", class, "ttyS0", "type")
	write(t, "0", class, "ttyS1", "type")
	write(t, "", class, "tty0", "dev") // a console

	got, err := Machine(sys, "/dev").List()
	if err != nil {
		t.Fatal(err)
	}
	want := []Adapter{
		{TTY: "/dev/ttyS0"},
		{TTY: "/dev/ttyACM0", Path: "1-4", Interface: "1.0", Vendor: "2dd6", Product: "0000"},
		{
			TTY: "/dev/ttyUSB0", Path: "3-1.2", Interface: "1.0", Vendor: "0403", Product: "6010", Serial: "FT77",
			Label: "Dual RS485",
		},
		{
			TTY: "/dev/ttyUSB1", Path: "3-1.2", Interface: "1.1", Vendor: "0403", Product: "6010", Serial: "FT77",
			Label: "Dual RS485",
		},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if port, err := Machine(sys, "/dev").Resolve("usb-path:3-1.2:1.1"); port != "/dev/ttyUSB1" || err != nil {
		t.Errorf("%q, %v", port, err)
	}
	if all, err := Machine(filepath.Join(sys, "none"), "/dev").List(); len(all) != 0 || err != nil {
		t.Errorf("a machine without terminals: %v, %v", all, err)
	}
}

func watched(t *testing.T, tree string) *Watcher {
	w := Tree(tree).Watch()
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestEveryComingAndGoingIsTold(t *testing.T) {
	tree, dev := t.TempDir(), t.TempDir()
	stable := filepath.Join(dev, "stable")
	w := watched(t, tree)
	w.Heed(stable)
	w.Heed("tcp://127.0.0.1:1")
	told := func(what string, do func()) {
		t.Helper()
		changed := w.Changed()
		do()
		select {
		case <-changed:
		case <-time.After(2 * time.Minute):
			t.Fatalf("%s was not told", what)
		}
	}
	told("an adapter", func() { plug(t, tree, "a", "1-1", "1a86", "7523", "", filepath.Join(dev, "ttyUSB0")) })
	told("its link under another name", func() { link(t, filepath.Join(dev, "ttyUSB0"), stable) })
	told("a new owner of the device", func() {
		if err := os.Chmod(filepath.Join(dev, "ttyUSB0"), 0o660); err != nil {
			t.Fatal(err)
		}
	})
	told("its coming back at once under the same name", func() {
		again := filepath.Join(tree, "a", "tty")
		tty, err := os.Readlink(again)
		if err == nil {
			err = os.Remove(again)
		}
		if err == nil {
			err = os.Symlink(tty, again)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	told("the same of its link", func() {
		if err := os.Remove(stable); err != nil {
			t.Fatal(err)
		}
		link(t, filepath.Join(dev, "ttyUSB0"), stable)
	})
	told("its going", func() {
		if err := os.Remove(filepath.Join(tree, "a", "tty")); err != nil {
			t.Fatal(err)
		}
	})
}
