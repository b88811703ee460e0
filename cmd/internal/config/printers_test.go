package config

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cubby/hardware/climate"
	"cubby/hardware/printer"
)

func TestPrintersAndSensorsComeFromTheFileWithTheirDefaults(t *testing.T) {
	c, err := Parse("/site/cubby.toml", shortest+`
[printer]
port = "run/printer"
[label_printer]
port = "tcp://10.0.0.9:9100"
[[climate]]
name = "cooled"
port = "usb-path:3-1.4"
parity = "even"
unit = "hundredths"
min_c = 2
max_c = 8
[[climate]]
name = "room"
port = "/dev/ttyS1"
`)
	if err != nil {
		t.Fatal(err)
	}
	jobs := filepath.Join(c.Station.DataDir, "print")
	want := []printer.Config{
		{
			Device: "printer", Kind: printer.Receipts, Port: "/site/run/printer", Baud: 19200,
			Folder: filepath.Join(jobs, "receipts"),
		},
		{
			Device: "label printer", Kind: printer.Labels, Port: "tcp://10.0.0.9:9100", Baud: 9600,
			Folder: filepath.Join(jobs, "labels"),
		},
	}
	if got := c.Printers(); !reflect.DeepEqual(got, want) {
		t.Errorf("printers %+v\nwant %+v", got, want)
	}
	if _, err := printer.Encode(c.Printer.Paper(), printer.Rule{}); err != nil {
		t.Errorf("the paper by default: %v", err)
	}
	sensors := []climate.Config{
		{Device: "climate cooled", Port: "usb-path:3-1.4", Baud: 9600, Address: 1, EvenParity: true, Hundredths: true,
			Limits: climate.Limits{Min: 2_00, Max: 8_00, Delay: 15 * time.Minute}},
		{Device: "climate room", Port: "/dev/ttyS1", Baud: 9600, Address: 1},
	}
	if got := c.Sensors(); !reflect.DeepEqual(got, sensors) {
		t.Errorf("sensors %+v\nwant %+v", got, sensors)
	}
	if bare, err := Parse("c.toml", shortest); err != nil || len(bare.Printers())+len(bare.Sensors()) > 0 {
		t.Errorf("without tables there are printers %v, sensors %v, %v", bare.Printers(), bare.Sensors(), err)
	}
}

// Every way of writing that the file offers must be one the printer knows.
func TestEveryKindOfPaperThatCanBeNamedCanBePrintedOn(t *testing.T) {
	kind := reflect.TypeFor[Printer]()
	choices := func(field string) []string {
		f, _ := kind.FieldByName(field)
		return strings.Split(f.Tag.Get("oneof"), ",")
	}
	for _, letters := range choices("Letters") {
		for _, qr := range choices("QR") {
			for _, cut := range choices("Cut") {
				p := Printer{WidthDots: 384, Letters: letters, CodePage: -1, QR: qr, QRDots: 6, Cut: cut}
				if _, err := printer.Encode(p.Paper(), printer.Text{Words: "Tür"}, printer.QR{Words: "A"}); err != nil {
					t.Errorf("letters %s, code by %s, cut %s: %v", letters, qr, cut, err)
				}
			}
		}
	}
	if all := printer.Sets(); len(all) != len(choices("Letters")) {
		t.Errorf("the printer knows the letters %v, the file %v", all, choices("Letters"))
	}
}

func TestPrintersAndSensorsThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct{ name, tables, said string }{
		{"one port for two", "[printer]\nport = \"/dev/x\"\n[label_printer]\nport = \"/dev/x\"", "label_printer.port"},
		{"the port of a line", "[printer]\nport = \"bus\"", "belongs to"},
		{"an identity that is none", "[printer]\nport = \"usb:12\"", "no identity"},
		{"letters nobody has", "[printer]\nletters = \"ebcdic\"", "one of gb18030"},
		{"paper of odd width", "[printer]\nwidth_dots = 380", "a multiple of 8"},
		{"modules of one dot", "[printer]\nqr_dots = 1", "from 2 to 16"},
		{"a sensor without a name", "[[climate]]\nport = \"/dev/x\"", "climate.name"},
		{"a name with spaces", "[[climate]]\nname = \"the cold bank\"\nport = \"/dev/x\"", "hyphens"},
		{"two sensors of one name",
			"[[climate]]\nname = \"a\"\nport = \"/dev/x\"\n[[climate]]\nname = \"a\"\nport = \"/dev/y\"",
			"named twice"},
		{"two sensors on one port",
			"[[climate]]\nname = \"a\"\nport = \"/dev/x\"\n[[climate]]\nname = \"b\"\nport = \"/dev/x\"", "sensor a"},
		{"one limit only", "[[climate]]\nname = \"a\"\nport = \"/dev/x\"\nmax_c = 8", "one limit only"},
		{"limits the wrong way round", "[[climate]]\nname = \"a\"\nport = \"/dev/x\"\nmin_c = 8\nmax_c = 2",
			"more than min_c"},
		{"every device at once", "[[climate]]\nname = \"a\"\nport = \"/dev/x\"\naddress = 0", "from 1 to 247"},
	} {
		if _, err := Parse("c.toml", shortest+"\n"+c.tables+"\n"); err == nil ||
			!strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
