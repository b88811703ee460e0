package config

import (
	"path/filepath"
	"time"

	"cubby/hardware/climate"
	"cubby/hardware/device"
	"cubby/hardware/printer"
	"cubby/hardware/printer/zpl"
)

// Printer is the receipt printer; an empty Port means there is none.
type Printer struct {
	Port       string `toml:"port" default:""`
	Baud       int    `toml:"baud" default:"19200" oneof:"9600,19200,38400,57600,115200"`
	Status     string `toml:"status" default:"auto" oneof:"auto,required"`
	BlackMarks bool   `toml:"black_marks" default:"false"`
	Letters    string `toml:"letters" default:"gb18030" oneof:"gb18030,pc437,pc850,pc852,pc858,pc866,wpc1252"`
	CodePage   int    `toml:"code_page" default:"-1" min:"-1" max:"255"`
	WidthDots  int    `toml:"width_dots" default:"384" min:"104" max:"1280"`
	QR         string `toml:"qr" default:"command" oneof:"command,raster"`
	QRDots     int    `toml:"qr_dots" default:"6" min:"2" max:"16"`
	Cut        string `toml:"cut" default:"partial" oneof:"partial,full,partial-old,full-old,none"`
}

// LabelPrinter prints return labels; an empty Port means there is none.
type LabelPrinter struct {
	Port      string `toml:"port" default:""`
	Baud      int    `toml:"baud" default:"9600" oneof:"9600,19200,38400,57600,115200"`
	WidthMM   int    `toml:"width_mm" default:"100" min:"25" max:"200"`
	LengthMM  int    `toml:"length_mm" default:"150" min:"25" max:"300"`
	DotsPerMM int    `toml:"dots_per_mm" default:"8" oneof:"6,8,12"`
	Font      string `toml:"font" default:""` // empty: the one that each printer has, without Chinese
}

// Climate is a sensor that watches the temperature of a bank.
type Climate struct {
	Name    string        `toml:"name" required:"true"`
	Port    string        `toml:"port" required:"true"`
	Baud    int           `toml:"baud" default:"9600" oneof:"4800,9600,19200"`
	Parity  string        `toml:"parity" default:"none" oneof:"none,even"`
	Address int           `toml:"address" default:"1" min:"1" max:"247"`
	Unit    string        `toml:"unit" default:"tenths" oneof:"tenths,hundredths"`
	MinC    *int          `toml:"min_c" min:"-40" max:"60"`
	MaxC    *int          `toml:"max_c" min:"-40" max:"60"`
	Delay   time.Duration `toml:"delay_min" unit:"1m" default:"15" min:"0" max:"240"`
}

// The names of devices that there is one of at most.
const (
	printerDevice      = "printer"
	labelPrinterDevice = "label printer"
	climatePrefix      = "climate "
)

// Paper describes what the receipt printer prints on and with.
func (p Printer) Paper() printer.Paper {
	return printer.Paper{
		Dots: p.WidthDots, Letters: printer.Letters{Set: p.Letters, Page: p.CodePage},
		QR: printer.QRBy(p.QR), QRDots: p.QRDots, Cut: printer.Cut(p.Cut),
	}
}

// Printers is what package printer opens: none, one or two. Jobs are kept in a
// folder of the data folder; the caller gives what seals them, and who watches
// the devices.
func (c *Config) Printers() (all []printer.Config) {
	folder := func(name string) string { return filepath.Join(c.Station.DataDir, "print", name) }
	if p := c.Printer; p.Port != "" {
		all = append(all, printer.Config{
			Device: printerDevice, Kind: printer.Receipts, Port: p.Port, Baud: p.Baud,
			MustAnswer: p.Status == "required", BlackMarks: p.BlackMarks, Folder: folder("receipts"),
		})
	}
	if p := c.LabelPrinter; p.Port != "" {
		all = append(all, printer.Config{
			Device: labelPrinterDevice, Kind: printer.Labels, Port: p.Port, Baud: p.Baud, Folder: folder("labels"),
		})
	}
	return all
}

// Sensors is what package climate opens; the caller gives who watches the devices.
func (c *Config) Sensors() (all []climate.Config) {
	for _, s := range c.Climates {
		one := climate.Config{
			Device: climatePrefix + s.Name, Port: s.Port, Baud: s.Baud, Address: s.Address,
			EvenParity: s.Parity == "even", Hundredths: s.Unit == "hundredths",
		}
		if s.MinC != nil && s.MaxC != nil {
			one.Limits = climate.Limits{Min: *s.MinC * 100, Max: *s.MaxC * 100, Delay: s.Delay}
		}
		all = append(all, one)
	}
	return all
}

// checkPrinters looks at printers and sensors. It notes their ports among those
// that are taken.
func (c *Config) checkPrinters(r *reader, ports map[string]string) {
	take := func(path, port, who string) {
		if port == "" {
			return
		}
		if other, taken := ports[filepath.Clean(port)]; taken {
			r.refuse(path, "%q belongs to %s as well: one port for each device", port, other)
		}
		ports[filepath.Clean(port)] = who
		if err := device.Check(port); err != nil {
			r.refuse(path, "%v", err)
		}
	}
	take("printer.port", c.Printer.Port, "the receipt printer")
	take("label_printer.port", c.LabelPrinter.Port, "the label printer")
	if c.Printer.WidthDots%8 != 0 {
		r.refuse("printer.width_dots", "is %d: a multiple of 8", c.Printer.WidthDots)
	}
	if !zpl.GoodFont(c.LabelPrinter.Font) {
		r.refuse("label_printer.font", "is %q: the name the printer has for it, such as \"E:SIMSUN.TTF\"",
			c.LabelPrinter.Font)
	}
	names := map[string]bool{}
	for i, s := range c.Climates {
		path := element("climate", i)
		if s.Name != "" && !deviceName.MatchString(s.Name) {
			r.refuse(path+".name", "is %q: 1 to 20 lower-case letters, digits and hyphens", s.Name)
		}
		if names[s.Name] {
			r.refuse(path+".name", "%q is named twice: each sensor once", s.Name)
		}
		names[s.Name] = true
		take(path+".port", s.Port, "sensor "+s.Name)
		switch {
		case (s.MinC == nil) != (s.MaxC == nil):
			r.refuse(path, "has one limit only: min_c and max_c, or neither")
		case s.MinC != nil && *s.MinC >= *s.MaxC:
			r.refuse(path+".max_c", "is %d: more than min_c, which is %d", *s.MaxC, *s.MinC)
		}
	}
}
